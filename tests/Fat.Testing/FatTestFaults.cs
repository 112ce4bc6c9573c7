using Fat.Testing.Data;
using Fat.Testing.Faults;

namespace Fat.Testing;

/// <summary>
/// What is to go wrong in a cluster. A fault waits until its service comes to its place, and strikes once unless it is told otherwise
/// (<see cref="FatTestFault.Times"/>). Faults are the cluster's own: others in the same process do not see them. Thread-safe.
/// </summary>
public sealed class FatTestFaults
{
    private readonly FatTestCluster _cluster;

    internal FatTestFaults(FatTestCluster cluster)
    {
        _cluster = cluster;
        Plan = new FaultPlan(cluster);
    }

    internal FaultPlan Plan { get; }

    /// <summary>A called service is killed before its branch prepares: it has not voted, and the group rolls back.</summary>
    /// <param name="service">The called service.</param>
    public FatTestFault KillBeforeVote(string service) => Kill(nameof(KillBeforeVote), service, FatTestPoint.Prepare, Side.Before);

    /// <summary>A called service is killed when its branch is prepared, before its answer leaves: nobody knows its vote, and the group rolls back.</summary>
    /// <param name="service">The called service.</param>
    public FatTestFault KillAfterPrepare(string service) => Kill(nameof(KillAfterPrepare), service, FatTestPoint.Prepare, Side.After);

    /// <summary>
    /// A called service is killed when its answer with its votes has reached the caller. The group is decided without it, and the branch obeys when the service runs again.
    /// </summary>
    /// <param name="service">The called service.</param>
    public FatTestFault KillAfterVote(string service) => Add($"{nameof(KillAfterVote)}(\"{service}\")", [Call(service, Side.After)], KillAsync);

    /// <summary>The root's service is killed before it writes the decision: the group rolls back.</summary>
    /// <param name="service">The service that begins the group.</param>
    public FatTestFault KillBeforeDecision(string service) => Kill(nameof(KillBeforeDecision), service, FatTestPoint.Decide, Side.Before);

    /// <summary>The root's service is killed when the decision is durable, before anybody has heard of it: the group commits.</summary>
    /// <param name="service">The service that begins the group.</param>
    public FatTestFault KillAfterDecision(string service) => Kill(nameof(KillAfterDecision), service, FatTestPoint.Decide, Side.After);

    /// <summary>A called service is killed when it has heard that the group commits, before its branch does.</summary>
    /// <param name="service">The called service.</param>
    public FatTestFault KillBeforeCommit(string service) => Kill(nameof(KillBeforeCommit), service, FatTestPoint.CommitPrepared, Side.Before);

    /// <summary>A called service is killed when its branch has committed, before it tells so.</summary>
    /// <param name="service">The called service.</param>
    public FatTestFault KillAfterCommit(string service) => Kill(nameof(KillAfterCommit), service, FatTestPoint.CommitPrepared, Side.After);

    /// <summary>The service is killed when it comes to a point.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    public FatTestFault KillBefore(string service, FatTestPoint point) => Kill(nameof(KillBefore), service, point, Side.Before, isGeneral: true);

    /// <summary>The service is killed when it has done what the point names.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    public FatTestFault KillAfter(string service, FatTestPoint point) => Kill(nameof(KillAfter), service, point, Side.After, isGeneral: true);

    /// <summary>A call never reaches the service: its caller finds the connection broken.</summary>
    /// <param name="service">The called service.</param>
    public FatTestFault LoseRequest(string service) => Add(
        $"{nameof(LoseRequest)}(\"{service}\")", [Call(service, Side.Before)], (_, _) => throw new HttpRequestException($"The connection to {service} broke before the request was sent, as the test wanted it."));

    /// <summary>The service has answered, and its caller finds the connection broken.</summary>
    /// <param name="service">The called service.</param>
    public FatTestFault LoseReply(string service) => Add(
        $"{nameof(LoseReply)}(\"{service}\")", [Call(service, Side.After)], (_, _) => throw new HttpRequestException($"The connection to {service} broke before its reply was read, as the test wanted it."));

    /// <summary>The decision is written, and the root does not hear of it: it has to find out what it decided.</summary>
    /// <param name="service">The service that begins the group.</param>
    public FatTestFault LoseDecisionAnswer(string service) => Lose(nameof(LoseDecisionAnswer), service, FatTestPoint.Decide, Side.After);

    /// <summary>The connection breaks before the write or message of a point is sent.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    public FatTestFault FailBefore(string service, FatTestPoint point) => Lose(nameof(FailBefore), service, point, Side.Before, isGeneral: true);

    /// <summary>The write or message of a point is done, and its answer is lost.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    public FatTestFault FailAfter(string service, FatTestPoint point) => Lose(nameof(FailAfter), service, point, Side.After, isGeneral: true);

    /// <summary>The service's database refuses at the end of its branch, as for a deferred constraint: the group rolls back with this reason.</summary>
    /// <param name="service">The service.</param>
    /// <param name="reason">What the database says.</param>
    public FatTestFault RollBack(string service, string reason)
    {
        ArgumentException.ThrowIfNullOrEmpty(reason);
        return Add(
            $"{nameof(RollBack)}(\"{service}\", \"{reason}\")", [new Place(service, FatTestPoint.Prepare, Side.Before), new Place(service, FatTestPoint.Decide, Side.Before)],
            (_, _) => throw new MemoryDbException(MemoryDbException.Refused, reason));
    }

    /// <summary>The service's branch takes so long to begin, by the cluster's clock.</summary>
    /// <param name="service">The service.</param>
    /// <param name="delay">How long.</param>
    public FatTestFault Slow(string service, TimeSpan delay) => Add(
        $"{nameof(Slow)}(\"{service}\", {delay})", [new Place(service, FatTestPoint.Begin, Side.Before)], (_, _) => Task.Delay(delay, _cluster.Clock), lasts: true);

    /// <summary>The service stays before a point until <see cref="FatTestFault.Release"/>.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    public FatTestFault HoldBefore(string service, FatTestPoint point) => Hold(nameof(HoldBefore), service, point, Side.Before);

    /// <summary>The service stays behind a point until <see cref="FatTestFault.Release"/>.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    public FatTestFault HoldAfter(string service, FatTestPoint point) => Hold(nameof(HoldAfter), service, point, Side.After);

    /// <summary>Code of the test runs when the service comes to a point, which waits for it. What it throws is thrown there.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    /// <param name="deed">What is done.</param>
    public FatTestFault Before(string service, FatTestPoint point, Func<Task> deed) => Do(nameof(Before), service, point, Side.Before, deed);

    /// <summary>Code of the test runs when the service has done what a point names, which waits for it. What it throws is thrown there.</summary>
    /// <param name="service">The service.</param>
    /// <param name="point">The point.</param>
    /// <param name="deed">What is done.</param>
    public FatTestFault After(string service, FatTestPoint point, Func<Task> deed) => Do(nameof(After), service, point, Side.After, deed);

    /// <summary>Redis loses everything, now.</summary>
    public void LoseRedis()
    {
        _cluster.Store.Lose();
        _cluster.Book.Noted("Redis loses everything");
    }

    /// <summary>Redis goes away, now: every operation fails until <see cref="BringRedisBack"/>. It keeps what it has.</summary>
    public void TakeRedisAway()
    {
        _cluster.IsRegistryAway = true;
        _cluster.Book.Noted("Redis goes away");
    }

    /// <summary>Redis is back.</summary>
    public void BringRedisBack()
    {
        _cluster.IsRegistryAway = false;
        _cluster.Book.Noted("Redis is back");
    }

    private FatTestFault Kill(string name, string service, FatTestPoint point, Side side, bool isGeneral = false) =>
        Add(Text(name, service, point, isGeneral), [new Place(service, point, side)], KillAsync);

    private FatTestFault Lose(string name, string service, FatTestPoint point, Side side, bool isGeneral = false) => Add(
        Text(name, service, point, isGeneral), [new Place(service, point, side)],
        (_, _) => throw ServiceFaults.Lost(point, "The connection was lost, as the test wanted it."));

    private FatTestFault Hold(string name, string service, FatTestPoint point, Side side) =>
        Add(Text(name, service, point, isGeneral: true), [new Place(service, point, side)], (fault, _) => Plan.HoldAsync(fault), lasts: true);

    private FatTestFault Do(string name, string service, FatTestPoint point, Side side, Func<Task> deed)
    {
        ArgumentNullException.ThrowIfNull(deed);
        return Add(Text(name, service, point, isGeneral: true), [new Place(service, point, side)], (_, _) => deed());
    }

    private FatTestFault Add(string name, IReadOnlyList<Place> places, Func<FatTestFault, Strike, Task> deed, bool lasts = false) =>
        Plan.Add(new FatTestFault(Plan, name, places, deed, lasts));

    private Task KillAsync(FatTestFault fault, Strike strike)
    {
        _cluster.Kill(strike.Process);
        return Task.CompletedTask;
    }

    private static Place Call(string service, Side side) => new(service, Site.Call, side);

    private static string Text(string name, string service, FatTestPoint point, bool isGeneral) => isGeneral ? $"{name}(\"{service}\", {point})" : $"{name}(\"{service}\")";
}
