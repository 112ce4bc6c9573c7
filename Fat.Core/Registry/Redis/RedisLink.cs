using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// One multiplexer: connected when it is first needed, again when connecting failed, and anew when it has not answered for so long
/// that the connection must be dead (nothing else ends a half-open one in version 1.2.6), or has refused writes for so long that another
/// server must be the master. Thread-safe.
/// </summary>
internal sealed class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(160);

    private readonly Func<Task<IConnectionMultiplexer>> _connect;
    private readonly TimeSpan _connectTimeout;
    private readonly TimeSpan _patience;
    private readonly bool _owned;
    private readonly TimeProvider _time;
    private readonly RedisLinkEvents _events;
    private readonly Lock _gate = new();
    private Task<IConnectionMultiplexer>? _multiplexer;
    private long _lastAnswer;
    private readonly Streak _silence;
    private readonly Streak _readOnly;
    private bool _disposed;

    /// <param name="connect">Connects.</param>
    /// <param name="connectTimeout">How long the client waits for a server when it connects.</param>
    /// <param name="patience">How long an own multiplexer may fail without an answer before another one is tried.</param>
    /// <param name="owned">The multiplexer is not the application's.</param>
    /// <param name="time">The clock.</param>
    /// <param name="events">Who is told when connections are lost and restored.</param>
    public RedisLink(
        Func<Task<IConnectionMultiplexer>> connect, TimeSpan connectTimeout, TimeSpan patience, bool owned, TimeProvider time, RedisLinkEvents events)
    {
        _connect = connect;
        _connectTimeout = connectTimeout;
        _patience = patience;
        _owned = owned;
        _time = time;
        _events = events;
        _silence = new Streak(patience, time);
        _readOnly = new Streak(patience, time);
    }

    /// <summary>
    /// Runs a command, or several that are sent together, after connecting if need be; what a cluster refuses while it changes is sent
    /// again within the limit. A time-out or a cancellation leaves the command running: it may take effect later.
    /// </summary>
    public async Task<T> RunAsync<T>(Func<IDatabase, Task<T>> command, TimeSpan limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var connecting = Multiplexer();
        var running = SendAsync(connecting, command, limit);
        try
        {
            var result = await running.WaitAsync(limit, _time, cancellationToken).ConfigureAwait(false);
            Answered();
            return result;
        }
        catch (Exception failure)
        {
            RedisFailure.Forget(running);
            if (RedisFailure.IsAnswer(failure))
                Answered();
            if (RedisFailure.IsReadOnly(failure))
                Replace(connecting, _readOnly);
            else if (!RedisFailure.IsAnswer(failure) && RedisFailure.Is(failure, cancellationToken))
                await FailedAsync(connecting, failure).ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Also fails what is still running.</summary>
    public async ValueTask DisposeAsync()
    {
        Task<IConnectionMultiplexer>? multiplexer;
        lock (_gate)
        {
            _disposed = true;
            multiplexer = _multiplexer;
            _multiplexer = null;
        }

        if (multiplexer is not null)
            await ReleaseAsync(multiplexer).ConfigureAwait(false);
    }

    private async Task<T> SendAsync<T>(Task<IConnectionMultiplexer> multiplexer, Func<IDatabase, Task<T>> command, TimeSpan limit)
    {
        var began = _time.GetTimestamp();
        var connected = await multiplexer.ConfigureAwait(false);
        var database = connected.GetDatabase();
        for (var pause = FirstPause; ; pause = pause < LongestPause ? pause * 2 : pause)
        {
            try
            {
                return await command(database).ConfigureAwait(false);
            }
            catch (RedisServerException failure) when (RedisFailure.IsPassing(failure, HasSeveral(connected)) && _time.GetElapsedTime(began) + pause < limit)
            {
                // Nothing was done. A slot that moves, or a replica that takes over, is done with it in a moment.
                await Task.Delay(pause, _time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private Task<IConnectionMultiplexer> Multiplexer()
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_disposed, this);
            if (_multiplexer is null || _multiplexer.IsFaulted || _multiplexer.IsCanceled)
            {
                // The first caller's context must not live on in the multiplexer's threads and timers.
                using (ExecutionContext.SuppressFlow())
                    _multiplexer = Task.Run(ConnectAsync);
                RedisFailure.Forget(_multiplexer);
                _lastAnswer = _time.GetTimestamp();
            }

            return _multiplexer;
        }
    }

    private async Task<IConnectionMultiplexer> ConnectAsync()
    {
        var connecting = _connect();
        IConnectionMultiplexer multiplexer;
        try
        {
            // The client itself waits for so long when one of several servers does not answer, and is connected to the others then.
            multiplexer = await connecting.WaitAsync(_connectTimeout * 2, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            RedisFailure.Forget(ReleaseAsync(connecting));
            throw;
        }

        multiplexer.ConnectionFailed += OnFailed;
        multiplexer.ConnectionRestored += OnRestored;
        return multiplexer;
    }

    /// <summary>Asked anew each time: a client that was connected while no server answered learns of the others later.</summary>
    private static bool HasSeveral(IConnectionMultiplexer multiplexer) => multiplexer.GetEndPoints(configuredOnly: false).Length > 1;

    private void Answered() => Volatile.Write(ref _lastAnswer, _time.GetTimestamp());

    private async ValueTask FailedAsync(Task<IConnectionMultiplexer> multiplexer, Exception failure)
    {
        lock (_gate)
        {
            if (_owned && _multiplexer == multiplexer && _time.GetElapsedTime(Volatile.Read(ref _lastAnswer)) >= _patience)
            {
                _multiplexer = null;
                using (ExecutionContext.SuppressFlow())
                    RedisFailure.Forget(Task.Run(() => ReleaseAsync(multiplexer)));
                return;
            }
        }

        // Of several servers one may be dead and the others answer. The version that is supported from would go on sending to it until the
        // system gives its connection up, though another server has taken its slots over.
        if (failure is TimeoutException && multiplexer.IsCompletedSuccessfully && HasSeveral(await multiplexer.ConfigureAwait(false)))
            Replace(multiplexer, _silence);
    }

    /// <summary>When this has come again and again for so long, another connection is made: the server's name, or its cluster, leads to another one by now.</summary>
    private void Replace(Task<IConnectionMultiplexer> multiplexer, Streak streak)
    {
        lock (_gate)
        {
            if (!_owned || _multiplexer != multiplexer || !streak.Goes())
                return;
            using (ExecutionContext.SuppressFlow())
                RedisFailure.Forget(Task.Run(() => ReplaceAsync(multiplexer)));
        }
    }

    /// <summary>The servers that answer go on being asked over the old connections until there are new ones.</summary>
    private async Task ReplaceAsync(Task<IConnectionMultiplexer> old)
    {
        var next = ConnectAsync();
        try
        {
            await next.ConfigureAwait(false);
        }
        catch (Exception failure) when (RedisFailure.Is(failure, CancellationToken.None))
        {
            // As much of it again, and it is tried again.
            return;
        }

        bool isNext;
        lock (_gate)
        {
            isNext = _multiplexer == old && !_disposed;
            if (isNext)
                _multiplexer = next;
        }

        await ReleaseAsync(isNext ? old : next).ConfigureAwait(false);
    }

    private async Task ReleaseAsync(Task<IConnectionMultiplexer> connecting)
    {
        IConnectionMultiplexer multiplexer;
        try
        {
            multiplexer = await connecting.ConfigureAwait(false);
        }
        catch (Exception failure) when (RedisFailure.Is(failure, CancellationToken.None))
        {
            return;
        }

        multiplexer.ConnectionFailed -= OnFailed;
        multiplexer.ConnectionRestored -= OnRestored;
        if (!_owned)
            return;
        await multiplexer.CloseAsync(allowCommandsToComplete: false).ConfigureAwait(false);

        // The interface has declared Dispose itself in 1.2.6 and inherited it since 2.x: a call through it would not bind.
        (multiplexer as IDisposable)?.Dispose();
    }

    private void OnFailed(object? sender, ConnectionFailedEventArgs lost) => _events.Lost?.Invoke(lost.EndPoint, lost.Exception);

    private void OnRestored(object? sender, ConnectionFailedEventArgs restored) => _events.Restored?.Invoke(restored.EndPoint);
}
