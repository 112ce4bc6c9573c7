using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>Keeps the exceptions that Fat logs.</summary>
internal sealed class LoggedErrors : ILoggerProvider, ILogger
{
    private readonly Channel<string> _errors = Channel.CreateUnbounded<string>();

    public ValueTask<string> FirstAsync(CancellationToken cancellationToken) => _errors.Reader.ReadAsync(cancellationToken);

    public ILogger CreateLogger(string categoryName) => categoryName == "Fat" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (exception is not null)
            _errors.Writer.TryWrite(exception.ToString());
    }

    /// <summary>Nothing to release.</summary>
    public void Dispose()
    {
    }
}
