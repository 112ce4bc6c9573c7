using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Diagnostics;

/// <summary>What observable instruments read when a collector asks: the participants that run in this process, as a rule one. Thread-safe.</summary>
internal static class Observed
{
    private static readonly ConcurrentDictionary<Participant, bool> Participants = new();
    private static readonly ConcurrentDictionary<QueueLength, bool> Queues = new();

    /// <summary>Shows a participant until the result is disposed.</summary>
    public static IDisposable Show(Participant participant) => new Shown<Participant>(Participants, participant);

    /// <summary>Shows a queue until the result is disposed.</summary>
    public static IDisposable Show(QueueLength queue) => new Shown<QueueLength>(Queues, queue);

    public static IEnumerable<Measurement<long>> OpenGroups() => Each(static one => one.Scopes.Roots.Count);

    public static IEnumerable<Measurement<long>> OpenScopes() => Each(static one => one.Scopes.Children.Count());

    public static IEnumerable<Measurement<long>> WaitingBranches() => Each(static one => one.Waiting.All.Count());

    public static IEnumerable<Measurement<long>> BusyWorkers() => Each(static one => one.Node.Workers.Running);

    public static IEnumerable<Measurement<long>> WorkerLimits() => Each(static one => one.Node.Workers.Limit);

    public static IEnumerable<Measurement<long>> WaitingForWorkers() => Each(static one => one.Node.Workers.Waiting);

    public static IEnumerable<Measurement<long>> WorkerQueueLimits() => Each(static one => one.Node.Workers.QueueLimit);

    public static IEnumerable<Measurement<long>> InDoubt() =>
        from one in Participants.Keys
        from seen in one.InDoubt.All
        select new Measurement<long>(seen.Count, Service(one), Database(seen.Database));

    public static IEnumerable<Measurement<double>> InDoubtAges() =>
        from one in Participants.Keys
        from seen in one.InDoubt.All
        select new Measurement<double>(seen.Oldest.TotalSeconds, Service(one), Database(seen.Database));

    public static IEnumerable<Measurement<long>> QueueLengths()
    {
        foreach (var queue in Queues.Keys)
        {
            if (queue.Counts is not { } counts)
                continue;
            yield return Measure("ready", counts.Ready);
            yield return Measure("later", counts.Later);
            yield return Measure("taken", counts.Taken);
            yield return Measure("set_aside", counts.SetAside);

            Measurement<long> Measure(string state, long count) =>
                new(count, new("fat.service", queue.Service.Text), new("fat.queue", queue.Queue.Text), new("fat.state", state));
        }
    }

    private static IEnumerable<Measurement<long>> Each(Func<Participant, long> count)
    {
        foreach (var one in Participants.Keys)
            yield return new Measurement<long>(count(one), Service(one));
    }

    private static KeyValuePair<string, object?> Service(Participant participant) => new("fat.service", participant.Node.Service.Text);

    private static KeyValuePair<string, object?> Database(FatName database) => new("fat.database", database.Text);

    private sealed class Shown<T> : IDisposable
        where T : notnull
    {
        private readonly ConcurrentDictionary<T, bool> _all;
        private readonly T _one;

        public Shown(ConcurrentDictionary<T, bool> all, T one)
        {
            _all = all;
            _one = one;
            all[one] = true;
        }

        public void Dispose() => _all.TryRemove(_one, out _);
    }
}
