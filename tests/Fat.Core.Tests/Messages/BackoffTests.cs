using Fat.Messages;

namespace Fat.Core.Tests.Messages;

/// <summary>The pauses between attempts.</summary>
public sealed class BackoffTests
{
    [Theory]
    [InlineData(1, 10)]
    [InlineData(2, 20)]
    [InlineData(4, 80)]
    [InlineData(7, 600)]
    [InlineData(1_000, 600)]
    [InlineData(int.MaxValue, 600)]
    public void Pauses_double_up_to_the_limit(int failures, int seconds) =>
        Assert.Equal(TimeSpan.FromSeconds(seconds), Backoff.Pause(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), failures, chance: 0));

    [Theory]
    [InlineData(1)]
    [InlineData(1_000)]
    public void A_long_first_pause_stays_what_it_is_however_often_it_fails(int failures) =>
        Assert.Equal(TimeSpan.FromDays(3_650), Backoff.Pause(TimeSpan.FromDays(3_650), TimeSpan.FromDays(3_650), failures, chance: 0));

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_first_pause_that_is_longer_than_the_limit_stays_what_it_is(int failures) =>
        Assert.Equal(TimeSpan.FromHours(1), Backoff.Pause(TimeSpan.FromHours(1), TimeSpan.FromMinutes(10), failures, chance: 0));

    [Fact]
    public void Pauses_are_up_to_a_tenth_longer() =>
        Assert.Equal(TimeSpan.FromSeconds(11), Backoff.Pause(TimeSpan.FromSeconds(10), TimeSpan.FromMinutes(10), failures: 1, chance: 1));
}
