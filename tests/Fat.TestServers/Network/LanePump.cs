using System.Buffers;
using System.Net.Sockets;
using System.Threading.Channels;

namespace Fat.TestServers.Network;

/// <summary>Carries the bytes of one direction of one connection, as the lane's rule has it.</summary>
internal sealed class LanePump(ProxyLane lane, Socket from, Socket to, TimeProvider time)
{
    private const int ChunkSize = 16 * 1024;

    /// <summary>The length of a chunk that says that the sender is gone.</summary>
    private const int Gone = -1;

    // Bounded, so that one that does not read makes the other one wait, as without a proxy.
    private readonly Channel<Chunk> _underway = Channel.CreateBounded<Chunk>(
        new BoundedChannelOptions(64) { SingleReader = true, SingleWriter = true });

    private readonly TaskCompletionSource _over = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether bytes were lost, so that no later ones can be delivered.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>From now on everything is lost.</summary>
    public void Break() => IsBroken = true;

    /// <summary>Completes when nothing more can arrive.</summary>
    private Task Over => _over.Task;

    /// <summary>Reads until the sender ends or is gone, and hands on what the rule lets through.</summary>
    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var buffer = ArrayPool<byte>.Shared.Rent(ChunkSize);
            var length = await ReceiveAsync(buffer, cancellationToken);

            // The end travels like bytes do: it is held, delayed and lost like them.
            await _underway.Writer.WriteAsync(new Chunk(buffer, length, time.GetTimestamp()), cancellationToken);
            if (length <= 0)
                return;
        }
    }

    /// <summary>Writes what was read, until the sender's end has been handed on.</summary>
    /// <param name="back">The other direction: what a receiver has said before it was gone arrives before the sender is told that it is.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="SocketException">The sender or the receiver is gone.</exception>
    public async Task WriteAsync(LanePump back, CancellationToken cancellationToken)
    {
        try
        {
            await WriteAllAsync(back, cancellationToken);
        }
        finally
        {
            _over.TrySetResult();
        }
    }

    private async Task WriteAllAsync(LanePump back, CancellationToken cancellationToken)
    {
        while (true)
        {
            var chunk = await _underway.Reader.ReadAsync(cancellationToken);
            if (!await MayPassAsync(chunk, cancellationToken))
                lane.CountDropped(Math.Max(0, chunk.Length));
            else if (chunk.Length == Gone)
                throw new SocketException((int)SocketError.ConnectionReset);
            else
                await SendAsync(chunk, back, cancellationToken);
            ArrayPool<byte>.Shared.Return(chunk.Buffer);
            if (chunk.Length <= 0)
                break;
        }

        // The receiver of a broken stream never learns of its end: its connection stays open until somebody cuts it.
        if (IsBroken)
            await Task.Delay(Timeout.InfiniteTimeSpan, time, cancellationToken);
    }

    private async Task<int> ReceiveAsync(byte[] buffer, CancellationToken cancellationToken)
    {
        try
        {
            return await from.ReceiveAsync(buffer, SocketFlags.None, cancellationToken);
        }
        catch (SocketException)
        {
            return Gone;
        }
    }

    private async Task SendAsync(Chunk chunk, LanePump back, CancellationToken cancellationToken)
    {
        try
        {
            if (chunk.Length == 0)
                to.Shutdown(SocketShutdown.Send);
            var left = chunk.Buffer.AsMemory(0, chunk.Length);
            while (!left.IsEmpty)
                left = left[await to.SendAsync(left, SocketFlags.None, cancellationToken)..];
            lane.CountForwarded(chunk.Length);
        }
        catch (SocketException)
        {
            // The receiver is gone, so what it has said ends.
            _over.TrySetResult();
            await back.Over.WaitAsync(cancellationToken);
            throw;
        }
    }

    private async Task<bool> MayPassAsync(Chunk chunk, CancellationToken cancellationToken)
    {
        while (!IsBroken)
        {
            var changed = lane.RuleChanged;
            var rule = lane.RuleFor(this);
            var left = rule.Latency - time.GetElapsedTime(chunk.ReadAt);
            if (rule.Fate == TrafficFate.Hold)
                await changed.WaitAsync(cancellationToken);
            else if (left > TimeSpan.Zero)
                await WaitAsync(left, changed, cancellationToken);
            else
                return !IsBroken;
        }

        return false;
    }

    private async Task WaitAsync(TimeSpan delay, Task changed, CancellationToken cancellationToken)
    {
        using var done = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        await Task.WhenAny(Task.Delay(delay, time, done.Token), changed);
        await done.CancelAsync();
        cancellationToken.ThrowIfCancellationRequested();
    }

    private readonly record struct Chunk(byte[] Buffer, int Length, long ReadAt);
}
