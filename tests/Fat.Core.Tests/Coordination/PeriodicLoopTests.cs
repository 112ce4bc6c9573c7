using Fat.Coordination;
using Fat.Core.Tests.Administration;
using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Coordination;

/// <summary>A loop that fails says so, and does not fill the log with it.</summary>
public sealed class PeriodicLoopTests : IAsyncLifetime
{
    private readonly MovedTime _time = new();
    private readonly LogLines _log = new();
    private readonly ServiceProvider _services;
    private readonly PeriodicLoop _loop;
    private volatile Exception? _failure = new IOException("Away.");
    private int _turns;

    public PeriodicLoopTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddFat(options => options.ServiceName = "loops").UseInMemoryRegistry();
        _services = services.BuildServiceProvider();
        var node = _services.GetRequiredService<Node>() with { Time = _time, Logger = _log };
        _loop = PeriodicLoop.Start("test", TimeSpan.FromMilliseconds(2), TurnAsync, node);
    }

    private int Errors => _log.Lines.Count(line => line.StartsWith("Error 509", StringComparison.Ordinal));

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _loop.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task A_failure_that_stays_is_an_error_once_a_minute()
    {
        await TurnsAsync(20);
        Assert.Equal(1, Errors);

        _time.Move(TimeSpan.FromMinutes(1));
        await TurnsAsync(20);

        Assert.Equal(2, Errors);
        Assert.Contains(_log.Lines, line => line.StartsWith("Debug 509", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Another_failure_is_told_at_once()
    {
        await TurnsAsync(2);

        _failure = new InvalidOperationException("Broken.");
        await TurnsAsync(20);

        Assert.Equal(2, Errors);
    }

    [Fact]
    public async Task That_it_works_again_is_told_once_and_the_next_failure_is_news()
    {
        await TurnsAsync(2);
        _failure = null;
        await TurnsAsync(20);
        Assert.Single(_log.Lines, line => line.StartsWith("Information 510 'test' works again", StringComparison.Ordinal));
        Assert.Equal(1, Errors);

        _failure = new IOException("Away again.");
        await TurnsAsync(20);

        Assert.Equal(2, Errors);
    }

    /// <summary>Waits for as many turns to have begun, and so one less to have ended.</summary>
    private async Task TurnsAsync(int more)
    {
        var from = Volatile.Read(ref _turns);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (Volatile.Read(ref _turns) < from + more)
            await Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, deadline.Token);
    }

    private Task TurnAsync(CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref _turns);
        return _failure is { } failure ? Task.FromException(failure) : Task.CompletedTask;
    }
}
