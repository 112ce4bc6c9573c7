using Microsoft.Extensions.Logging;

namespace Fat.Core.Tests.Trouble;

/// <summary>What a service says in its log, to wait for. Thread-safe.</summary>
public sealed class LogBook : ILoggerProvider, ILogger
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private readonly Lock _gate = new();
    private readonly List<string> _lines = [];
    private TaskCompletionSource _written = New();

    /// <summary>Waits until as many lines that contain the text were written from now on.</summary>
    public async Task WaitForAsync(string text, int times = 1)
    {
        var from = Lines.Count;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(Patience);
        while (true)
        {
            Task written;
            lock (_gate)
            {
                if (_lines.Skip(from).Count(line => line.Contains(text, StringComparison.Ordinal)) >= times)
                    return;
                written = _written.Task;
            }

            await written.WaitAsync(deadline.Token);
        }
    }

    /// <summary>All of it.</summary>
    public IReadOnlyList<string> Lines
    {
        get
        {
            lock (_gate)
                return [.. _lines];
        }
    }

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        lock (_gate)
        {
            _lines.Add($"{eventId.Id} {formatter(state, exception)}");
            _written.TrySetResult();
            _written = New();
        }
    }

    public void Dispose()
    {
        // The lines stay readable.
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
