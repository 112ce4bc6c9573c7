using System.Collections.Concurrent;
using System.Globalization;
using Fat.Coordination;
using Fat.Core.Tests.Administration;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Coordination;

/// <summary>What the registry does not take, or is slow to take, holds up neither what comes behind it nor the stop.</summary>
public sealed class BatchQueueTests : IAsyncLifetime
{
    private readonly ServiceProvider _services;
    private readonly Sink _sink;

    public BatchQueueTests()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddFat(options => options.ServiceName = "queues").UseInMemoryRegistry();
        _services = services.BuildServiceProvider();
        _sink = new Sink(_services.GetRequiredService<Node>());
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        _sink.Answer.TrySetResult();
        await _sink.DisposeAsync();
        await _services.DisposeAsync();
    }

    [Fact]
    public async Task What_is_refused_is_sent_again_behind_the_others()
    {
        _sink.Refused.TryAdd(1, true);
        foreach (var item in new[] { 1, 2, 3 })
            _sink.Send(item);
        await UntilAsync(() => _sink.Taken.Count == 2);
        _sink.Send(4);
        await UntilAsync(() => _sink.Taken.Count == 3 && _sink.Attempts > 5);

        _sink.Refused.Clear();

        await UntilAsync(() => _sink.Taken.Count == 4);
        Assert.Equal([2, 3, 4, 1], _sink.Taken);
    }

    [Fact]
    public async Task What_has_no_answer_is_not_waited_for()
    {
        _sink.Send(Sink.Unanswered);
        await UntilAsync(() => _sink.Attempts == 1);

        _sink.Send(2);

        await UntilAsync(() => _sink.Taken.Count == 1);
        _sink.Answer.SetResult();
        await UntilAsync(() => _sink.Taken.Count == 2);
        Assert.Equal([2, Sink.Unanswered], _sink.Taken);
    }

    [Fact]
    public async Task A_stop_sends_what_is_taken_and_gives_up_the_rest()
    {
        const int Count = 2000;
        for (var item = 1; item <= Count; item++)
        {
            if (item % 2 == 0)
                _sink.Refused.TryAdd(item, true);
            _sink.Send(item);
        }

        await UntilAsync(() => _sink.Attempts >= Count);
        _sink.Send(Count + 1);
        var before = _sink.Attempts;

        await _sink.DisposeAsync();

        Assert.Equal(Count / 2 + 1, _sink.Taken.Count);

        // One round that was under way, and a last one; not all of the thousand.
        Assert.InRange(_sink.Attempts - before, 1, 600);
    }

    [Fact]
    public async Task What_is_refused_for_too_long_is_dropped_the_oldest_first_and_counted()
    {
        const int Capacity = 10;
        const int Count = 1000;
        var log = new LogLines();
        await using var sink = new Sink(_services.GetRequiredService<Node>() with { Logger = log }, Capacity);
        for (var item = 1; item <= Count; item++)
        {
            sink.Refused.TryAdd(item, true);
            sink.Send(item);
        }

        await UntilAsync(() => sink.Latest == Count);
        sink.Refused.Clear();
        await UntilAsync(() => sink.Taken.Contains(Count));
        await sink.DisposeAsync();

        // What waits, a batch that was on its way once more (read while others came, so it may be more than waits), and the last one.
        Assert.InRange(sink.Taken.Count, Capacity, Capacity + Sink.LargestBatch + 1);
        Assert.Equal(Count - sink.Taken.Count, log.Lines.Where(line => line.StartsWith("Warning 411", StringComparison.Ordinal)).Sum(Number));
    }

    [Fact]
    public async Task A_stop_tells_in_one_line_how_much_it_leaves()
    {
        const int Count = 600;
        var log = new LogLines();
        var sink = new Sink(_services.GetRequiredService<Node>() with { Logger = log });
        for (var item = 1; item <= Count; item++)
        {
            sink.Refused.TryAdd(item, true);
            sink.Send(item);
        }

        await UntilAsync(() => sink.Latest == Count);
        await sink.DisposeAsync();

        var lines = log.Lines.Where(line => line.StartsWith("Warning 406", StringComparison.Ordinal)).ToList();
        Assert.InRange(lines.Count, 1, 2);
        Assert.Equal(Count, Number(lines[^1]));
    }

    /// <summary>Behind the level and the event.</summary>
    private static int Number(string line) => int.Parse(line.Split(' ')[2], CultureInfo.InvariantCulture);

    private static async Task UntilAsync(Func<bool> holds)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (!holds())
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
    }

    /// <summary>A registry that refuses some, and has no answer for one until it is told to.</summary>
    private sealed class Sink(Node node, int capacity = 100_000) : BatchQueue<int>("numbers", node, capacity)
    {
        public const int Unanswered = -1;

        private int _attempts;

        public ConcurrentDictionary<int, bool> Refused { get; } = new();

        public ConcurrentQueue<int> Taken { get; } = new();

        public TaskCompletionSource Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        /// <summary>The highest that was attempted.</summary>
        public int Latest { get; private set; }

        public int Attempts => Volatile.Read(ref _attempts);

        public void Send(int item) => Enqueue(item);

        protected override IEnumerable<IReadOnlyList<int>> Parts(IReadOnlyList<int> batch) => batch.Chunk(1);

        protected override async Task SendAsync(IReadOnlyList<int> part, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref _attempts);
            Latest = Math.Max(Latest, part[0]);
            if (part[0] == Unanswered)
                await Answer.Task;
            if (Refused.ContainsKey(part[0]))
                throw new RegistryUnavailableException("take a number", new IOException("Not this one."));
            Taken.Enqueue(part[0]);
        }
    }
}
