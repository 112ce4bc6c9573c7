using System.Collections.Concurrent;
using System.Diagnostics;

namespace Fat.TestServers;

/// <summary>Starts every child process on one thread that lives as long as this process.</summary>
/// <remarks>
/// Linux sends the parent-death signal when the <em>thread</em> that forked the child ends. On a thread of the pool the
/// child would die whenever the pool shrinks.
/// </remarks>
internal static class ProcessLauncher
{
    private static readonly BlockingCollection<Launch> Launches = StartThread();

    public static Task<Process> StartAsync(ProcessStartInfo info)
    {
        var launch = new Launch(info);
        Launches.Add(launch);
        return launch.Process.Task;
    }

    private static BlockingCollection<Launch> StartThread()
    {
        var launches = new BlockingCollection<Launch>();
        var thread = new Thread(() => Run(launches)) { IsBackground = true, Name = "Fat child processes" };
        thread.UnsafeStart();
        return launches;
    }

    private static void Run(BlockingCollection<Launch> launches)
    {
        foreach (var launch in launches.GetConsumingEnumerable())
        {
            try
            {
                launch.Process.SetResult(Process.Start(launch.Info)!);
            }
            catch (Exception failure)
            {
                launch.Process.SetException(failure);
            }
        }
    }

    private sealed class Launch(ProcessStartInfo info)
    {
        public ProcessStartInfo Info { get; } = info;

        public TaskCompletionSource<Process> Process { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
