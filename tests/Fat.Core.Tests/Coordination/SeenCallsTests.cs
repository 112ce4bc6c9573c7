using Fat.Coordination;
using Fat.Core.Tests.Protocol;
using Fat.Core.Tests.World;
using Fat.Protocol;

namespace Fat.Core.Tests.Coordination;

/// <summary>How long a call is known (rule S8).</summary>
public sealed class SeenCallsTests
{
    private readonly MovedTime _time = new();
    private readonly SeenCalls _seen;

    public SeenCallsTests() => _seen = new SeenCalls(_time);

    [Fact]
    public void A_call_is_known_for_the_time_of_its_group_and_a_minute_more()
    {
        var (gid, call) = (NewGroup(), Sample.Call("1"));
        Assert.True(_seen.TryBegin(gid, call, TimeSpan.FromSeconds(10)));

        _time.Move(TimeSpan.FromSeconds(70));
        Assert.False(_seen.TryBegin(gid, call, TimeSpan.FromSeconds(10)));
        Assert.True(_seen.TryBegin(gid, Sample.Call("2"), TimeSpan.FromSeconds(10)));
        Assert.True(_seen.TryBegin(NewGroup(), call, TimeSpan.FromSeconds(10)));

        _time.Move(TimeSpan.FromMilliseconds(1));
        Assert.True(_seen.TryBegin(gid, call, TimeSpan.FromSeconds(10)));
    }

    [Fact]
    public void One_that_takes_long_keeps_no_other()
    {
        var (slow, quick, call) = (NewGroup(), NewGroup(), Sample.Call("1"));
        Assert.True(_seen.TryBegin(slow, call, TimeSpan.FromHours(1)));
        Assert.True(_seen.TryBegin(quick, call, TimeSpan.FromSeconds(1)));

        _time.Move(TimeSpan.FromSeconds(62));

        Assert.True(_seen.TryBegin(quick, call, TimeSpan.FromSeconds(1)));
        Assert.False(_seen.TryBegin(slow, call, TimeSpan.FromHours(1)));
    }

    private static GroupId NewGroup() => GroupId.New(TimeProvider.System.GetUtcNow());
}
