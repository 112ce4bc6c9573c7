using System.Runtime.ExceptionServices;
using Fat.Coordination;

namespace Fat.Core.Tests.Simulation;

/// <summary>Plays schedules on threads of their own, which have no synchronization context and share nothing.</summary>
internal static class Runner
{
    private const int StackSize = 16 * 1024 * 1024;

    /// <summary>Plays so many seeds from the first on, and stops at a violation.</summary>
    public static Summary Run(ulong first, int schedules, BrokenRules broken = BrokenRules.None)
    {
        var summary = new Summary();
        var next = -1;
        OnThreads(Math.Min(Environment.ProcessorCount, 8), () =>
        {
            while (summary.Failed is null && Interlocked.Increment(ref next) is var number && number < schedules)
                summary.Add(Schedule.Run(first + (ulong)number, broken));
        });
        return summary;
    }

    /// <summary>Plays so many seeds from the first on, whatever comes of them.</summary>
    public static IReadOnlyList<Report> Play(ulong first, int schedules)
    {
        var reports = new Report[schedules];
        var next = -1;
        OnThreads(Math.Min(Environment.ProcessorCount, 8), () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < schedules)
                reports[number] = Schedule.Run(first + (ulong)number);
        });
        return reports;
    }

    public static Report Replay(ulong seed, BrokenRules broken = BrokenRules.None, TextWriter? log = null)
    {
        Report? report = null;
        OnThreads(1, () => report = Schedule.Run(seed, broken, log));
        return report!;
    }

    /// <summary>Runs something on such a thread.</summary>
    public static void OnThread(Action action) => OnThreads(1, action);

    private static void OnThreads(int count, Action action)
    {
        ExceptionDispatchInfo? failure = null;
        var threads = Enumerable.Range(0, count).Select(_ => new Thread(
            () =>
            {
                try
                {
                    action();
                }
                catch (Exception exception)
                {
                    failure = ExceptionDispatchInfo.Capture(exception);
                }
            },
            StackSize)).ToList();
        foreach (var thread in threads)
            thread.UnsafeStart();
        foreach (var thread in threads)
            thread.Join();
        failure?.Throw();
    }
}
