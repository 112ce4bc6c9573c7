using System.Collections.Concurrent;
using Fat.Torture.Stage;

namespace Fat.Torture.Faults;

/// <summary>Lets things go wrong, a few at a time, so that the services come forward in between.</summary>
internal sealed class Nemesis(World world, TortureOptions options, Action<string> report) : IDisposable
{
    private const int AtOnce = 2;

    private readonly HttpClient _backDoor = new() { Timeout = TimeSpan.FromSeconds(1) };
    private readonly SemaphoreSlim _slots = new(AtOnce);
    private readonly Dictionary<string, Task> _running = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<FaultKind, int> _done = new();

    /// <summary>How often each kind has happened.</summary>
    public IReadOnlyDictionary<FaultKind, int> Done => _done;

    /// <summary>Runs until it is stopped; returns when everything is healed.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        var drawer = new FaultDrawer(world, FaultMix.For(options.Broken), options.Seed, _backDoor);
        try
        {
            while (true)
            {
                await Task.Delay(drawer.Pause(), TimeProvider.System, stop);
                var fault = drawer.Next();
                if (_running.TryGetValue(fault.Target, out var earlier))
                    await earlier.WaitAsync(stop);
                await _slots.WaitAsync(stop);
                _running[fault.Target] = RunAsync(fault, stop);
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Task.WhenAll(_running.Values);
        }
    }

    public void Dispose()
    {
        _backDoor.Dispose();
        _slots.Dispose();
    }

    private async Task RunAsync(Fault fault, CancellationToken stop)
    {
        await Task.Yield();
        try
        {
            report($"{fault.Kind} {fault.Target} for {fault.Time.TotalSeconds:0.0} s");
            await fault.RunAsync(stop);
            _done.AddOrUpdate(fault.Kind, 1, static (_, count) => count + 1);
            report($"{fault.Kind} {fault.Target} is over");
        }
        finally
        {
            _slots.Release();
        }
    }
}
