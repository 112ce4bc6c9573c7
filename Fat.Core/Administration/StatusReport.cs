using System.Reflection;
using System.Text.Json;
using Fat.Coordination;

namespace Fat.Administration;

/// <summary>Says how this process is, for operators.</summary>
internal sealed class StatusReport(Participant participant, Func<TimeSpan?> latency)
{
    private static readonly string FatVersion = VersionOf(typeof(StatusReport).Assembly);
    private static readonly string ApplicationVersion = VersionOf(Assembly.GetEntryAssembly());

    private readonly Node _node = participant.Node;
    private readonly DateTimeOffset _started = participant.Node.Time.GetUtcNow();

    public async Task TellAsync(CancellationToken cancellationToken)
    {
        var status = new FatInstanceStatus
        {
            Started = _started,
            Machine = Environment.MachineName,
            ProcessId = Environment.ProcessId,
            FatVersion = FatVersion,
            ApplicationVersion = ApplicationVersion,
            BusyWorkers = _node.Workers.Running,
            Workers = _node.Workers.Limit,
            QueuedWork = _node.Workers.Waiting,
            OpenScopes = participant.Scopes.Count,
            WaitingBranches = participant.Waiting.All.Count(),
            RegistryLatency = latency(),
            HistoryDropped = participant.History.Dropped,
            Databases = [.. _node.Databases.All.Select(resource => resource.Database).Select(database => new FatInstanceDatabase(
                database.Name.Text, database.Dialect.Product, database.KnownAbilities?.Durable, database.Name == _node.Databases.Decisions))],
        };
        await _node.History!.TellStatusAsync(_node.Instance, JsonSerializer.Serialize(status, StatusJson.Default.FatInstanceStatus), cancellationToken).ConfigureAwait(false);
    }

    private static string VersionOf(Assembly? assembly) =>
        assembly?.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? assembly?.GetName().Version?.ToString() ?? string.Empty;
}
