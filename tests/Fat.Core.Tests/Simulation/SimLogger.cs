using Microsoft.Extensions.Logging;

namespace Fat.Core.Tests.Simulation;

/// <summary>In a replay the product's own log stands between the happenings.</summary>
internal sealed class SimLogger(World world, SimProcess process) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel)
    {
        world.HoldsThread();
        return world.IsLogged;
    }

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        world.Log(process, $"  {formatter(state, exception)} {exception?.GetType().Name} {exception?.Message}");
}
