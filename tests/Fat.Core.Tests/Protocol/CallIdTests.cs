using Fat.Protocol;

namespace Fat.Core.Tests.Protocol;

/// <summary>Calls by their place in the tree.</summary>
public sealed class CallIdTests
{
    [Fact]
    public void Calls_are_numbered_by_their_place()
    {
        var second = CallId.Root.Child(2);

        Assert.Equal("0", CallId.Root.Text);
        Assert.Equal("2", second.Text);
        Assert.Equal("2.1", second.Child(1).Text);
        Assert.True(CallId.Root.IsRoot);
        Assert.False(second.IsRoot);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0.1")]
    [InlineData("1.0")]
    [InlineData("01")]
    [InlineData("1.")]
    [InlineData(".1")]
    [InlineData("1..2")]
    [InlineData("-1")]
    [InlineData("1,2")]
    [InlineData("١")]
    public void A_path_of_positive_numbers_is_the_only_other_form(string text) => Assert.False(CallId.TryParse(text, out _));

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void A_call_cannot_be_given_the_number_of_the_root_or_less(int number) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => CallId.Root.Child(number));

    [Theory]
    [InlineData("2", "2", true)]
    [InlineData("2.1", "2", true)]
    [InlineData("2.1.7", "2.1", true)]
    [InlineData("21", "2", false)]
    [InlineData("2", "2.1", false)]
    [InlineData("3.2", "2", false)]
    public void A_call_is_within_itself_and_those_above_it(string call, string above, bool within) =>
        Assert.Equal(within, Sample.Call(call).IsWithin(Sample.Call(above)));

    [Fact]
    public void Nesting_ends_at_50_characters_with_a_reason()
    {
        var deepest = Enumerable.Repeat(1, 25).Aggregate(CallId.Root, (call, number) => call.Child(number));

        Assert.Equal(49, deepest.Text.Length);
        var error = Assert.Throws<InvalidOperationException>(() => deepest.Child(1));
        Assert.Contains("nested too deeply", error.Message, StringComparison.Ordinal);
        Assert.False(CallId.TryParse(deepest.Text + ".1", out _));
    }
}
