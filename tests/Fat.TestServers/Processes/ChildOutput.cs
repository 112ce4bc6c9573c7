using System.Diagnostics;

namespace Fat.TestServers;

/// <summary>Reads what a child process writes, keeps the last lines and wakes those who wait for one.</summary>
internal sealed class ChildOutput : IDisposable
{
    private readonly Lock _gate = new();
    private readonly Queue<string> _tail = [];
    private readonly List<LineWaiter> _waiters = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly int _tailLength;
    private Action<string>? _onLine;
    private long _count;
    private bool _ended;

    public ChildOutput(Process process, int tailLength, Action<string>? onLine)
    {
        _tailLength = tailLength;
        _onLine = onLine;
        using (ExecutionContext.SuppressFlow())
            Ended = Task.Run(() => ReadAsync(process, _stop.Token));
    }

    /// <summary>
    /// Completes, never fails, when every process that holds the child's output has closed it: the child and all that
    /// it started.
    /// </summary>
    public Task Ended { get; }

    public long Count
    {
        get
        {
            lock (_gate)
                return _count;
        }
    }

    public IReadOnlyList<string> Tail()
    {
        lock (_gate)
            return [.. _tail];
    }

    /// <summary>
    /// Returns the first line after the given number of lines that matches, or null when the output ends without one.
    /// </summary>
    public async Task<string?> FindAsync(Func<string, bool> matches, long afterLine, CancellationToken cancellationToken)
    {
        var waiter = new LineWaiter(matches);
        lock (_gate)
        {
            var skip = (int)Math.Max(0, afterLine - (_count - _tail.Count));
            if (_tail.Skip(skip).FirstOrDefault(matches) is { } line)
                return line;
            if (_ended)
                return null;
            _waiters.Add(waiter);
        }

        try
        {
            return await waiter.Line.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            lock (_gate)
                _waiters.Remove(waiter);
        }
    }

    /// <summary>Stops reading, also when grandchildren still hold the output.</summary>
    public void Dispose()
    {
        _stop.Cancel();
        _stop.Dispose();
    }

    private async Task ReadAsync(Process process, CancellationToken cancellationToken)
    {
        await Task.WhenAll(
            ReadAsync(process.StandardOutput, cancellationToken),
            ReadAsync(process.StandardError, cancellationToken));
        LineWaiter[] waiters;
        lock (_gate)
        {
            _ended = true;
            waiters = [.. _waiters];
        }

        foreach (var waiter in waiters)
            waiter.Line.TrySetResult(null);
    }

    private async Task ReadAsync(StreamReader reader, CancellationToken cancellationToken)
    {
        try
        {
            while (await reader.ReadLineAsync(cancellationToken) is { } line)
                Add(line);
        }
        catch (Exception failure) when (failure is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The owner stopped reading, or the pipe broke with the process: in both cases no more lines come.
        }
    }

    private void Add(string line)
    {
        List<LineWaiter> woken;
        lock (_gate)
        {
            _count++;
            _tail.Enqueue(line);
            if (_tail.Count > _tailLength)
                _tail.Dequeue();
            woken = _waiters.FindAll(waiter => waiter.Matches(line));
        }

        foreach (var waiter in woken)
            waiter.Line.TrySetResult(line);
        Forward(line);
    }

    private void Forward(string line)
    {
        try
        {
            _onLine?.Invoke(line);
        }
        catch (Exception failure)
        {
            // A listener that fails is not asked again, and must not stop the reading: the child would block on a full pipe.
            _onLine = null;
            Add($"[The listener for this output failed and gets no more lines: {failure.Message}]");
        }
    }

    private sealed class LineWaiter(Func<string, bool> matches)
    {
        public Func<string, bool> Matches { get; } = matches;

        public TaskCompletionSource<string?> Line { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
