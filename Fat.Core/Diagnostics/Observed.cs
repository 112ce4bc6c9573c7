using System.Diagnostics.Metrics;
using System.Runtime.CompilerServices;
using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Diagnostics;

/// <summary>
/// What observable instruments read when a collector asks: the participants that run in this process, as a rule one. None is kept alive by being shown. Thread-safe.
/// </summary>
internal static class Observed
{
    private static readonly ConditionalWeakTable<Participant, IDisposable> Participants = [];
    private static readonly ConditionalWeakTable<QueueLength, IDisposable> Queues = [];

    /// <summary>Shows a participant until the result is disposed.</summary>
    public static IDisposable Show(Participant participant) => Show(Participants, participant);

    /// <summary>Shows a queue until the result is disposed.</summary>
    public static IDisposable Show(QueueLength queue) => Show(Queues, queue);

    public static IEnumerable<Measurement<long>> OpenGroups() => Each(static one => one.Scopes.RootCount);

    public static IEnumerable<Measurement<long>> OpenScopes() => Each(static one => one.Scopes.Children.Count());

    public static IEnumerable<Measurement<long>> WaitingBranches() => Each(static one => one.Waiting.All.Count());

    public static IEnumerable<Measurement<long>> BusyWorkers() => Each(static one => one.Node.Workers.Running);

    public static IEnumerable<Measurement<long>> WorkerLimits() => Each(static one => one.Node.Workers.Limit);

    public static IEnumerable<Measurement<long>> WaitingForWorkers() => Each(static one => one.Node.Workers.Waiting);

    public static IEnumerable<Measurement<long>> WorkerQueueLimits() => Each(static one => one.Node.Workers.QueueLimit);

    public static IEnumerable<Measurement<long>> InDoubt() =>
        from shown in Participants
        let one = shown.Key
        from seen in one.InDoubt.All
        select new Measurement<long>(seen.Count, Service(one), Database(seen.Database));

    public static IEnumerable<Measurement<double>> InDoubtAges() =>
        from shown in Participants
        let one = shown.Key
        from seen in one.InDoubt.All
        select new Measurement<double>(seen.Oldest.TotalSeconds, Service(one), Database(seen.Database));

    public static IEnumerable<Measurement<long>> QueueLengths()
    {
        foreach (var (queue, _) in Queues)
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

    private static Shown<T> Show<T>(ConditionalWeakTable<T, IDisposable> all, T one)
        where T : class
    {
        var shown = new Shown<T>(all, one);
        all.AddOrUpdate(one, shown);
        return shown;
    }

    private static IEnumerable<Measurement<long>> Each(Func<Participant, long> count)
    {
        foreach (var (one, _) in Participants)
            yield return new Measurement<long>(count(one), Service(one));
    }

    private static KeyValuePair<string, object?> Service(Participant participant) => new("fat.service", participant.Node.Service.Text);

    private static KeyValuePair<string, object?> Database(FatName database) => new("fat.database", database.Text);

    private sealed class Shown<T>(ConditionalWeakTable<T, IDisposable> all, T one) : IDisposable
        where T : class
    {
        private readonly WeakReference<T> _one = new(one);

        public void Dispose()
        {
            if (_one.TryGetTarget(out var target))
                all.Remove(target);
        }
    }
}
