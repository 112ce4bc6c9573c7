using Microsoft.Extensions.Logging;

namespace Fat.Diagnostics;

/// <summary>Keeps what a logging provider throws (one that is full, or disposed already at a stop) from whoever writes: no outcome, and no loop, depends on whether it could be logged. Thread-safe.</summary>
internal sealed class SteadyLogger(ILogger logger) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => logger.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel)
    {
        try
        {
            return logger.IsEnabled(logLevel);
        }
        catch (Exception)
        {
            // The outcome is the writer's, and stays what it is.
            return false;
        }
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        try
        {
            logger.Log(logLevel, eventId, state, exception, formatter);
        }
        catch (Exception)
        {
            // The same: there is nowhere left to tell it.
        }
    }
}
