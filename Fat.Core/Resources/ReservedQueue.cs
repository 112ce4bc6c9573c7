using System.Data.Common;
using System.Threading.Channels;

namespace Fat.Resources;

/// <summary>
/// Work for reserved connections, taken in batches by a few loops. What is submitted while a round trip is under way goes
/// together in the next one. Thread-safe.
/// </summary>
internal abstract class ReservedQueue<TWork> : IAsyncDisposable
{
    private const int LargestBatch = 64;

    private readonly Channel<TWork> _queue;
    private readonly Cancellation _stopping;
    private readonly FatDatabase _database;
    private readonly IServiceProvider _services;
    private readonly Lazy<Task> _loops;

    protected ReservedQueue(FatDatabase database, IServiceProvider services, int connections)
    {
        _database = database;
        _queue = Channel.CreateUnbounded<TWork>(new UnboundedChannelOptions { AllowSynchronousContinuations = database.Background.IsInline });
        _stopping = new Cancellation(database.Background);
        _services = services;
        _loops = new Lazy<Task>(() => Start(connections));
    }

    protected FatDatabase Database => _database;

    public async ValueTask DisposeAsync()
    {
        if (_stopping.IsRequested)
            return;
        await _stopping.RequestAsync().ConfigureAwait(false);
        _queue.Writer.TryComplete();
        if (_loops.IsValueCreated)
            await _loops.Value.ConfigureAwait(false);
        while (_queue.Reader.TryRead(out var left))
            Abandon(left);
        _stopping.Dispose();
        GC.SuppressFinalize(this);
    }

    protected void Submit(TWork work)
    {
        _ = _loops.Value;
        if (!_queue.Writer.TryWrite(work))
            Abandon(work);
    }

    /// <summary>Does a batch and completes its work. What it throws fails the whole batch through <see cref="Failed"/>.</summary>
    protected abstract Task<bool> DoAsync(DbConnection connection, IReadOnlyList<TWork> batch, CancellationToken cancellationToken);

    /// <summary>A batch could not be done; its effects are unknown, unless nothing was sent.</summary>
    protected abstract void Failed(IReadOnlyList<TWork> batch, bool sent, Exception exception);

    /// <summary>The process stops before this work was done.</summary>
    protected abstract void Abandon(TWork work);

    /// <summary>The loops belong to the process, not to the request that happened to submit the first work.</summary>
    private Task Start(int connections) =>
        Task.WhenAll(Enumerable.Range(0, connections).Select(_ => _database.Background.Start(LoopAsync)));

    private async Task LoopAsync()
    {
        var connection = new ReservedConnection(_database, _services);
        await using (connection.ConfigureAwait(false))
        {
            var batch = new List<TWork>(LargestBatch);
            while (await MoreAsync().ConfigureAwait(false))
            {
                batch.Clear();
                while (batch.Count < LargestBatch && _queue.Reader.TryRead(out var work))
                    batch.Add(work);
                if (batch.Count == 0)
                    continue;
                await DoAsync(connection, batch).ConfigureAwait(false);
            }
        }
    }

    private async Task DoAsync(ReservedConnection connection, List<TWork> batch)
    {
        var sent = false;
        DbException? lost = null;
        try
        {
            await connection.UseAsync(
                async (open, token) =>
                {
                    sent = true;
                    try
                    {
                        return await DoAsync(open, batch, token).ConfigureAwait(false);
                    }
                    catch (DbException exception) when (!_database.Dialect.IsRefusal(exception))
                    {
                        lost = exception;
                        throw;
                    }
                },
                _stopping.Token).ConfigureAwait(false);
        }
        catch (Exception exception)
        {
            // In doubt: each work's owner is told and hands it to recovery or tries again. That a second attempt was refused, or found no
            // connection, says nothing of a first one whose answer was lost.
            Failed([.. batch], sent, lost ?? exception);
        }
    }

    private async ValueTask<bool> MoreAsync()
    {
        try
        {
            return await _queue.Reader.WaitToReadAsync(_stopping.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
