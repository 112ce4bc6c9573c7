using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.Core.Tests.Telemetry;

/// <summary>A logging provider that throws changes no outcome.</summary>
public sealed class BrokenLoggingTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_end_as_they_would_and_the_process_stops()
    {
        var provider = new FullDisk();
        var root = await world.StartAsync("mute", configure: fat => fat.Services
            .AddSingleton<ILoggerProvider>(provider).Configure<LoggerFilterOptions>(options => options.MinLevel = LogLevel.Trace));
        var child = await world.StartAsync("child");
        var (kept, lost) = (world.NextId(), world.NextId());

        var committed = await root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(kept, token);
            await child.CallAsync((there, stop) => there.AddAsync(kept, stop));
        });
        var rolledBack = await root.RootAsync(async (items, token) =>
        {
            await child.CallAsync((there, stop) => there.AddAsync(lost, stop));
            await items.AddThenFailAsync(lost);
        });
        await world.StopAsync(root);

        Assert.Equal(FatOutcome.Committed, committed.Outcome);
        await child.SeesAsync(kept, Stop);
        Assert.Equal(FatOutcome.RolledBack, rolledBack.Outcome);
        await world.NothingPreparedAsync(child);
        Assert.False(await child.HasAsync(lost));
        Assert.True(provider.Refused > 0);
    }

    private sealed class FullDisk : ILoggerProvider, ILogger
    {
        private int _refused;

        public int Refused => Volatile.Read(ref _refused);

        public ILogger CreateLogger(string categoryName) => categoryName == "Fat" ? this : Microsoft.Extensions.Logging.Abstractions.NullLogger.Instance;

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Interlocked.Increment(ref _refused);
            throw new IOException("No space left on device.");
        }

        public void Dispose()
        {
        }
    }
}
