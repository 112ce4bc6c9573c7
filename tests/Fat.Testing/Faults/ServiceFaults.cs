using Fat.Faults;
using Fat.Protocol;
using Fat.Testing.Data;
using Fat.Testing.Hosting;

namespace Fat.Testing.Faults;

/// <summary>The fault points of one process: where the plan's faults strike, and where one that was killed stops.</summary>
internal sealed class ServiceFaults(Incarnation process, FaultPlan plan) : FaultPoints
{
    private static readonly Dictionary<FaultPoint, FatTestPoint> Points = Enum.GetValues<FaultPoint>().ToDictionary(point => point, point => Enum.Parse<FatTestPoint>(point.ToString()));

    public override ValueTask BeforeAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => PassAsync(point, Side.Before, Texts(groups));

    public override ValueTask AfterAsync(FaultPoint point, params ReadOnlySpan<GroupId> groups) => PassAsync(point, Side.After, Texts(groups));

    /// <summary>What the server's client would throw.</summary>
    public static Exception Lost(FatTestPoint point, string why) => point switch
    {
        FatTestPoint.Answer => new IOException(why),
        FatTestPoint.Begin or FatTestPoint.Prepare or FatTestPoint.Decide or FatTestPoint.CommitPrepared or FatTestPoint.RollBackPrepared or FatTestPoint.CommitHeld
            or FatTestPoint.Resolve or FatTestPoint.Forget => MemoryDbException.Lost(why),
        _ => new Registry.RegistryUnavailableException(point.ToString(), new IOException(why)),
    };

    private async ValueTask PassAsync(FaultPoint point, Side side, IReadOnlyList<string> groups)
    {
        await process.PassAsync().ConfigureAwait(false);
        if (process.IsKilled)
            throw Lost(Points[point], "the process was killed");
        await plan.PassAsync(new Place(process.Service.Name, Points[point], side), process, groups).ConfigureAwait(false);
        if (process.IsKilled)
            throw Lost(Points[point], "the process was killed");
    }

    private static string[] Texts(ReadOnlySpan<GroupId> groups)
    {
        var texts = new string[groups.Length];
        for (var i = 0; i < groups.Length; i++)
            texts[i] = groups[i].ToString();
        return texts;
    }
}
