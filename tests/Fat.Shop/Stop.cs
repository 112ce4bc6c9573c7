using System.Diagnostics;
using System.Globalization;
using Fat.Faults;
using Fat.Protocol;
using Fat.Registry;
using Npgsql;

namespace Fat.Shop;

/// <summary>A fault point at which the process stops once, until it is told what to do there. Thread-safe.</summary>
internal sealed class Stop(FaultPoint point, Side side, long since)
{
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Deed> _told = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _begun;

    public Task Reached => _reached.Task;

    /// <summary>True once, for a group that began late enough.</summary>
    public bool TryBegin(ReadOnlySpan<GroupId> groups) => IsMeant(groups) && Interlocked.Exchange(ref _begun, 1) == 0;

    public void Tell(Deed deed) => _told.TrySetResult(deed);

    public async Task StayAsync()
    {
        _reached.SetResult();
        switch (await _told.Task)
        {
            case Deed.Throw:
                throw Failure();
            case Deed.Kill:
                using (var self = Process.GetCurrentProcess())
                    self.Kill();
                break;
        }
    }

    private bool IsMeant(ReadOnlySpan<GroupId> groups)
    {
        var meant = groups.IsEmpty;
        foreach (var gid in groups)
            meant |= Began(gid) >= since;
        return meant;
    }

    /// <summary>A UUIDv7 begins with the time.</summary>
    private static long Began(GroupId gid) => long.Parse(gid.Value.ToString("N").AsSpan(0, 12), NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private Exception Failure()
    {
        var lost = new IOException($"The connection was lost {side} {point}, as the test wanted it.");
        return point switch
        {
            FaultPoint.Answer => lost,
            FaultPoint.Prepare or FaultPoint.Decide or FaultPoint.CommitPrepared or FaultPoint.RollBackPrepared or FaultPoint.Resolve or FaultPoint.Forget
                or FaultPoint.Journal or FaultPoint.CommitHeld or FaultPoint.Unjournal or FaultPoint.OpenIncident or FaultPoint.Replay =>
                new NpgsqlException("Exception while reading from stream", lost),
            _ => new RegistryUnavailableException(lost.Message, lost),
        };
    }
}
