using System.Diagnostics;
using Fat.Faults;
using Fat.Registry;
using Npgsql;

namespace Fat.Shop;

/// <summary>A strike that waits for its moment. Thread-safe.</summary>
internal sealed class ArmedStrike(Strike strike)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Deed> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _struck;

    public Task Reached => _reached.Task;

    /// <summary>True once.</summary>
    public bool TryBegin() => Interlocked.Exchange(ref _struck, 1) == 0;

    public void Release(Deed deed) => _told.TrySetResult(deed);

    public async Task StrikeAsync()
    {
        _reached.SetResult();
        switch (strike.Deed == Deed.Hold ? await _told.Task : strike.Deed)
        {
            case Deed.Throw:
                throw Failure();
            case Deed.Kill:
                using (var self = Process.GetCurrentProcess())
                    self.Kill();
                break;
        }
    }

    private Exception Failure()
    {
        var lost = new IOException($"The connection was lost {strike.Side} {strike.Point}, as the test wanted it.");
        return strike.Point switch
        {
            FaultPoint.Answer => lost,
            FaultPoint.Prepare or FaultPoint.Decide or FaultPoint.CommitPrepared or FaultPoint.RollBackPrepared or FaultPoint.CommitHeld or FaultPoint.Resolve or FaultPoint.Forget =>
                new NpgsqlException("Exception while reading from stream", lost),
            _ => new RegistryUnavailableException(lost.Message, lost),
        };
    }
}
