using System.Collections.Concurrent;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Messages;

/// <summary>
/// Works on one queue: takes what is due under a lease, renews that while the work runs, and tells what came of it, in batches. A piece whose lease was lost is stopped: somebody else has it.
/// </summary>
internal sealed class QueueWorker : IAsyncDisposable
{
    /// <summary>A lease is renewed so often that a missed turn does not end it.</summary>
    private const int RenewalsPerLease = 3;

    private static readonly TimeSpan MeasureInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan HangsAfter = TimeSpan.FromMilliseconds(250);

    private readonly MessageCenter _center;
    private readonly QueueName _queue;
    private readonly WorkerSettings _settings;
    private readonly Func<TakenItem, CancellationToken, Task<WorkResult>> _work;
    private readonly ConcurrentDictionary<WorkHold, Piece> _held = new();
    private readonly SemaphoreSlim _running;
    private readonly int _mostHanging;
    private readonly SemaphoreSlim _signal = new(0, 1);
    private readonly Cancellation _stopping;
    private readonly Cancellation _giving;
    private readonly WorkNews _news;
    private readonly IDisposable _listening;
    private readonly PeriodicLoop _renewing;
    private readonly QueueLength _length;
    private readonly IDisposable _shown;
    private readonly PeriodicLoop _measuring;
    private readonly Task _taking;
    private int _hanging;
    private bool _away;

    public QueueWorker(MessageCenter center, QueueName queue, WorkerSettings settings, Func<TakenItem, CancellationToken, Task<WorkResult>> work)
    {
        _center = center;
        _queue = queue;
        _settings = settings;
        _work = work;
        _running = new SemaphoreSlim(settings.Concurrency);
        _mostHanging = settings.Concurrency * settings.HangingPerSlot;
        _stopping = new Cancellation(center.Node.Background);
        _giving = new Cancellation(center.Node.Background);
        _news = new WorkNews(center, queue, Signal);
        _listening = center.Participant.Signals.Listen(queue, Signal);
        _renewing = PeriodicLoop.Start($"renew {queue}", center.Options.Lease / RenewalsPerLease, RenewAsync, center.Node);
        _length = new QueueLength(center.Node.Service, queue);
        _shown = Observed.Show(_length);
        _measuring = PeriodicLoop.Start($"length of {queue}", MeasureInterval, MeasureAsync, center.Node);
        _taking = center.Node.Background.Start(TakeAsync);
    }

    /// <summary>Takes no more, lets what runs end for as long as the application lets a process stop, and gives the rest back.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsRequested)
            return;
        _listening.Dispose();
        _shown.Dispose();
        await _measuring.DisposeAsync().ConfigureAwait(false);
        await _stopping.RequestAsync().ConfigureAwait(false);
        await _taking.ConfigureAwait(false);
        var left = Task.WhenAll(_held.Values.Select(piece => piece.Life));
        await Task.WhenAny(left, Task.Delay(_settings.Patience, _center.Node.Time, CancellationToken.None)).ConfigureAwait(false);
        await _giving.RequestAsync().ConfigureAwait(false);
        await Task.WhenAny(left, Task.Delay(_settings.Patience, _center.Node.Time, CancellationToken.None)).ConfigureAwait(false);
        await _renewing.DisposeAsync().ConfigureAwait(false);
        await _news.DisposeAsync().ConfigureAwait(false);
        _giving.Dispose();
        _stopping.Dispose();
    }

    private void Signal()
    {
        // Under load it has nearly always been told already, and an exception for each piece is dear.
        if (_signal.CurrentCount > 0)
            return;
        try
        {
            _signal.Release();
        }
        catch (SemaphoreFullException)
        {
            // It has been told in between.
        }
    }

    private async Task TakeAsync()
    {
        while (!_stopping.IsRequested)
        {
            // A command for many pieces costs as much as one for a single one: while half of what is taken in advance is left, nobody waits for more.
            var free = _settings.Concurrency + _settings.Prefetch - _held.Count + Volatile.Read(ref _hanging);
            if (free <= _settings.Prefetch / 2)
            {
                await WaitAsync(LongestPause).ConfigureAwait(false);
                continue;
            }

            try
            {
                var taken = await _center.Queues.TakeAsync(_queue, _center.Node.Instance, free, _center.Options.Lease, _stopping.Token).ConfigureAwait(false);
                _away = false;
                foreach (var item in taken.Items)
                    Begin(item);
                if (taken.Items.Count < free)
                    await WaitAsync(Pause(taken.Next)).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (_stopping.IsRequested)
            {
                // What the server may have handed out for nobody is handed out again when its lease is over.
                return;
            }
            catch (Exception exception)
            {
                // Nothing is lost: what was handed out all the same comes again when its lease is over, and the rest is taken when the registry is back.
                if (!_away)
                    FatLog.QueueAway(_center.Node.Logger, _queue, exception);
                _away = true;
                await WaitAsync(_center.Node.Timings.CommitPollInterval).ConfigureAwait(false);
            }
        }
    }

    private TimeSpan Pause(TimeSpan? next)
    {
        var longest = _center.Node.Timings.CommitPollInterval * 5 < LongestPause ? _center.Node.Timings.CommitPollInterval * 5 : LongestPause;
        return next is not { } due || due > longest ? longest : due > ShortestPause ? due : ShortestPause;
    }

    private async Task WaitAsync(TimeSpan most)
    {
        try
        {
            await _signal.WaitAsync(most, _stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // Stopping.
        }
    }

    private void Begin(TakenItem item)
    {
        var piece = new Piece(_center.Node.Background);
        _held[item.Hold] = piece;
        piece.Life = _center.Node.Background.Start(() => RunAsync(item, piece));
    }

    private async Task RunAsync(TakenItem item, Piece piece)
    {
        WorkResult result;
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(piece.Lost.Token, _giving.Token);
            await _running.WaitAsync(_stopping.Token).ConfigureAwait(false);
            try
            {
                // The lease may have been lost while it waited for its turn: somebody else has it, or will.
                either.Token.ThrowIfCancellationRequested();
                using var patience = _mostHanging > 0 ? _center.Node.Time.CreateTimer(_ => LetGo(piece), null, HangsAfter, HangsAfter) : null;
                result = await _work(item, either.Token).ConfigureAwait(false);
            }
            finally
            {
                if (piece.TryEnd())
                    _running.Release();
                else
                    Interlocked.Decrement(ref _hanging);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsRequested || piece.Lost.IsRequested)
        {
            // Done or not: whoever takes it next finds out at the barrier.
            result = new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Again));
        }
        catch (Exception exception)
        {
            // Done or not, as well. What the work itself throws is its result, so this is a failure around it, and it is tried again after a pause.
            FatLog.WorkFailed(_center.Node.Logger, _queue, item.Hold.Id, exception);
            result = new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Failed) { Delay = _center.Options.RetryInterval, Reason = $"{exception.GetType().Name}: {exception.Message}" });
        }

        _held.TryRemove(item.Hold, out _);
        piece.Lost.Dispose();
        _news.Tell(result);
        Signal();
    }

    /// <summary>The piece does nothing but wait: another one has its slot.</summary>
    private void LetGo(Piece piece)
    {
        if (Interlocked.Increment(ref _hanging) > _mostHanging || !piece.TryHang())
        {
            Interlocked.Decrement(ref _hanging);
            return;
        }

        _running.Release();
        Signal();
    }

    private async Task RenewAsync(CancellationToken cancellationToken)
    {
        if (_held.IsEmpty)
            return;
        var lost = await _center.Queues.RenewAsync(_queue, [.. _held.Keys], _center.Options.Lease, cancellationToken).ConfigureAwait(false);
        foreach (var hold in lost)
        {
            if (!_held.TryGetValue(hold, out var piece))
                continue;
            FatLog.LeaseLost(_center.Node.Logger, _queue, hold.Id);
            await piece.Lost.RequestAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Asked of Redis only while somebody wants to know.</summary>
    private async Task MeasureAsync(CancellationToken cancellationToken)
    {
        if (!FatMeter.WantsQueueLengths)
            return;
        var counts = await _center.Queues.CountAsync(_queue, cancellationToken).ConfigureAwait(false);
        _length.Counts = new QueueLength.Lengths(counts.Ready, counts.Later, counts.Taken, counts.SetAside);
    }

    private sealed class Piece(Background background)
    {
        private const int Begun = 0;
        private const int Hanging = 1;
        private const int Ended = 2;

        private int _state = Begun;

        public Cancellation Lost { get; } = new(background);

        public Task Life { get; set; } = Task.CompletedTask;

        /// <summary>Whether the slot is to be given to another one from now on.</summary>
        public bool TryHang() => Interlocked.CompareExchange(ref _state, Hanging, Begun) == Begun;

        /// <summary>Whether it still had its slot at its end.</summary>
        public bool TryEnd() => Interlocked.Exchange(ref _state, Ended) == Begun;
    }
}

/// <summary>How a queue is worked on.</summary>
/// <param name="Concurrency">How many pieces at the same time.</param>
/// <param name="Prefetch">How many more are taken in advance.</param>
/// <param name="Patience">How long a stop waits for what runs.</param>
internal sealed record WorkerSettings(int Concurrency, int Prefetch, TimeSpan Patience)
{
    /// <summary>The settings for work that consists of calls to others.</summary>
    public static WorkerSettings OfCalls(int concurrency, TimeSpan patience) => new(concurrency, concurrency, patience) { HangingPerSlot = 8 };

    /// <summary>How many pieces for each slot may give that to another one when they have waited in vain for a quarter of a second. 0: a slot is kept to the end.</summary>
    public int HangingPerSlot { get; init; }
}

/// <summary>What came of a piece of work.</summary>
/// <param name="End">What becomes of it in its queue.</param>
internal sealed record WorkResult(WorkEnd End)
{
    /// <summary>The service whose message it was, and what there is to tell of its branches.</summary>
    public FatName? Service { get; init; }

    public IReadOnlyList<BranchNews> News { get; init; } = [];
}
