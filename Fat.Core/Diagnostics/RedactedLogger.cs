using Microsoft.Extensions.Logging;

namespace Fat.Diagnostics;

/// <summary>Writes exceptions as the application's redactor shows them. Messages have been through it before they come here.</summary>
internal sealed class RedactedLogger(ILogger logger, Redaction redaction) : ILogger
{
    public static ILogger Over(ILogger logger, Redaction redaction) => redaction.ShowsAll ? logger : new RedactedLogger(logger, redaction);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => logger.IsEnabled(logLevel);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!logger.IsEnabled(logLevel))
            return;
        var shown = exception is null ? null : new RedactedException(redaction.Reason(string.Empty, string.Empty, exception.ToString()));
        logger.Log(logLevel, eventId, state, shown, formatter);
    }

    /// <summary>An exception of which only the text that may be shown is left.</summary>
    private sealed class RedactedException(string text) : Exception(text)
    {
        public override string ToString() => Message;
    }
}
