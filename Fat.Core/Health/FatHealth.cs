using System.Collections.Immutable;
using Fat.Coordination;
using Fat.Resources;

namespace Fat.Health;

/// <summary>Asks everything at the same time, and puts the answers together.</summary>
internal sealed class FatHealth : IFatHealth
{
    private readonly Participant _participant;
    private readonly FatHealthOptions _options;
    private readonly bool _requireDurable;
    private readonly Probe<bool> _registry;
    private readonly ImmutableArray<(FatDatabase Database, Probe<DatabaseSight> Probe)> _databases;
    private readonly LoopHealth _loops;

    public FatHealth(Participant participant, FatOptions options, IServiceProvider services)
    {
        _participant = participant;
        _options = options.Health;
        _requireDurable = options.RequireDurable;
        var node = participant.Node;
        _loops = new LoopHealth(node, _options);
        _registry = new Probe<bool>(WriteAsync, _options.Timeout, node);
        _databases =
        [
            .. node.Databases.All.Select(resource =>
                (resource.Database, new Probe<DatabaseSight>(new DatabaseLook(resource, services).LookAsync, _options.Timeout, node))),
        ];
    }

    public async Task<FatHealthReport> CheckAsync(CancellationToken cancellationToken = default)
    {
        if (_participant.Admission.IsClosed)
            return new FatHealthReport([new FatHealthPart("service", FatHealthState.Unhealthy, "This instance is stopping and takes no more groups.", TimeSpan.Zero)]);
        var registry = _registry.AskAsync(cancellationToken);
        var asked = await Task.WhenAll(_databases.Select(one => one.Probe.AskAsync(cancellationToken))).ConfigureAwait(false);
        var seen = _databases.Zip(asked, (one, sight) => new SeenDatabase(one.Database, sight)).ToList();
        var away = await registry.ConfigureAwait(false);
        return new FatHealthReport(
        [
            Registry(away),
            _loops.Inbox(away.Problem is null ? FatHealthState.Unhealthy : _options.RegistryAway),
            _loops.Others(),
            .. seen.Select(Database),
            Doubts.Part(seen, _participant, _options),
            OpenIncidents.Part(seen, _options),
        ]);
    }

    /// <summary>A write with an expiry, the one that tells others that this process is alive: a server that only reads, or is full, refuses it.</summary>
    private async Task<bool> WriteAsync(CancellationToken cancellationToken)
    {
        await _participant.Node.Registry.HeartbeatAsync(_participant.Node.Instance, cancellationToken).ConfigureAwait(false);
        return true;
    }

    private FatHealthPart Registry(Sight<bool> sight)
    {
        if (sight.Problem is { } problem)
            return new FatHealthPart("registry", _options.RegistryAway, problem, sight.Took);
        return sight.Took >= _options.RegistrySlow
            ? new FatHealthPart("registry", FatHealthState.Degraded, $"It takes writes, and is slow: {sight.Took.TotalMilliseconds:0} ms.", sight.Took)
            : new FatHealthPart("registry", FatHealthState.Healthy, "It takes writes.", sight.Took);
    }

    private FatHealthPart Database(SeenDatabase seen)
    {
        var (database, sight) = seen;
        if (sight is not { Result: { } found, Problem: null })
            return Part(FatHealthState.Unhealthy, sight.Problem ?? "It does not answer.");
        if (found.TakesNoWrites)
            return Part(FatHealthState.Unhealthy, "It answers, and takes no writes: it is a standby, or was made read-only. Branches fail there.");
        if (found.UnfitTable is { } unfit)
            return Part(FatHealthState.Unhealthy, $"Its barrier table cannot be used: {unfit}");
        if (found.WhyHeld is { } why && _requireDurable)
            return Part(FatHealthState.Unhealthy, $"It is required to be durable (Fat:RequireDurable), and {why}");
        if (found.WhyHeld is { } problem && database.Prepares)
            return Part(FatHealthState.Degraded, $"It holds transactions open, so that a crash loses branches that have voted: {problem}");
        if (found.LosesCommits is { } loses)
            return Part(FatHealthState.Degraded, $"A crash of its machine can take back what it has committed, decisions that others have obeyed too: {loses}");
        if (sight.Took >= _options.DatabaseSlow)
            return Part(FatHealthState.Degraded, $"It answers, and is slow: {sight.Took.TotalMilliseconds:0} ms.");
        return Part(FatHealthState.Healthy, database.IsHeld || found.WhyHeld is not null ? $"It answers; {database.Dialect.Product} holds transactions open." : "It answers and prepares transactions.");

        FatHealthPart Part(FatHealthState state, string what) => new($"database:{database.Name}", state, what, sight.Took);
    }
}

/// <summary>A database, and what was seen of it.</summary>
internal sealed record SeenDatabase(FatDatabase Database, Sight<DatabaseSight> Sight);
