using Fat.Messages;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>Addresses that take calls and do not answer.</summary>
public sealed class HangingCallTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private const int Concurrency = 2;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>As many messages to one address as there is no room for, and fewer to addresses of their own.</summary>
    [Theory]
    [InlineData(60, true)]
    [InlineData(12, false)]
    public async Task They_hold_up_no_messages_to_others(int messages, bool toOne)
    {
        var id = MessageWorld.NextOrder();
        using var answers = new Answers();
        var caller = await world.StartAsync($"hanging{(toOne ? "one" : "many")}", options =>
        {
            options.Messages.Concurrency = Concurrency;
            options.Messages.RequestTimeout = TimeSpan.FromMinutes(5);
        });
        string[] paths = [.. Enumerable.Range(0, messages).Select(number => toOne ? $"/hangs/{id}?number={number}" : $"/hangs/{id}/{number}")];
        foreach (var path in paths)
            world.Called.Answers[path.Split('?')[0]] = _ => answers.WaitAsync();
        var gids = new List<string>();
        foreach (var path in paths)
            gids.Add(await MessageWorld.OrderAsync(caller, MessageWorld.NextOrder(), message => message.Call("called", path)));
        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(answers.Waiting == (toOne ? Concurrency : messages)));

        var free = await MessageWorld.OrderAsync(caller, MessageWorld.NextOrder(), message => message.Call("called", $"/free/{id}"));

        await MessageWorld.UntilAsync(caller, free, FatMessageState.Consumed);
        Assert.Single(world.Called.To($"/free/{id}"));
        Assert.Equal(toOne ? Concurrency : messages, answers.Waiting);
        if (toOne)
        {
            var refused = await MessageWorld.UntilAsync(caller, gids[^1], message => message.Branches[0].Reason?.Contains("which do not answer", StringComparison.Ordinal) == true);
            Assert.Equal((FatMessageState.Submitted, 0), (refused.State, refused.Branches[0].Attempts));
        }

        answers.Give();
        foreach (var gid in gids)
            await MessageWorld.UntilAsync(caller, gid, FatMessageState.Consumed);
        Assert.Equal(messages, world.Called.Requests.Count(request => request.Path.StartsWith($"/hangs/{id}", StringComparison.Ordinal)));
        Assert.Equal(toOne ? Concurrency : messages, answers.Most);
        await world.StopAsync(caller);
    }

    [Fact]
    public async Task Calls_of_one_message_are_made_at_the_same_time_however_many_there_are()
    {
        var id = MessageWorld.NextOrder();
        using var answers = new Answers();
        var caller = await world.StartAsync("together", options => options.Messages.Concurrency = Concurrency);
        world.Called.Answers[$"/together/{id}"] = _ => answers.WaitAsync();

        var gid = await MessageWorld.OrderAsync(caller, id, message =>
        {
            for (var call = 0; call < 3 * Concurrency; call++)
                message.Call("called", $"/together/{id}");
            message.Concurrent();
        });

        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(answers.Waiting == 3 * Concurrency));
        answers.Give();
        await MessageWorld.UntilAsync(caller, gid, FatMessageState.Consumed);
        await world.StopAsync(caller);
    }

    /// <summary>The limit that an application has set for its subscribers is one.</summary>
    [Fact]
    public async Task Work_other_than_calls_keeps_its_slot()
    {
        var center = world.Orders.Services.GetRequiredService<MessageCenter>();
        var queue = QueueName.Deliveries(FatName.Parse("slow", "topic"), FatName.Parse("group", "group"));
        using var answers = new Answers();
        await center.Queues.PutAsync(queue, [.. Enumerable.Range(0, 2 * Concurrency).Select(number => new WorkItem($"{number}", "body"))], Stop);
        await using (new QueueWorker(center, queue, new WorkerSettings(Concurrency, Prefetch: Concurrency, TimeSpan.FromSeconds(5)), WorkAsync))
        {
            await Dialects.TillWorld.UntilAsync(() => Task.FromResult(answers.Waiting == Concurrency));

            // Three times as long as calls keep theirs.
            await Task.Delay(TimeSpan.FromMilliseconds(750), TimeProvider.System, Stop);
            answers.Give();
            await Dialects.TillWorld.UntilAsync(async () => await center.Queues.CountAsync(queue, Stop) is { Ready: 0, Taken: 0 });
        }

        Assert.Equal(Concurrency, answers.Most);

        async Task<WorkResult> WorkAsync(TakenItem item, CancellationToken cancellationToken)
        {
            await answers.WaitAsync();
            return new WorkResult(new WorkEnd(item.Hold, WorkOutcome.Done));
        }
    }

    [Fact]
    public void What_there_is_no_room_for_comes_again_one_behind_the_other()
    {
        var slots = new CallSlots(Concurrency, TimeSpan.FromMilliseconds(1_010), new Still());
        Assert.Null(slots.Enter("there"));
        Assert.Null(slots.Enter("there"));

        var pauses = Enumerable.Range(0, 4).Select(_ => slots.Enter("there")!.Value.TotalMilliseconds);

        Assert.Equal([1_000, 1_005, 1_010, 1_010], pauses);
        Assert.Null(slots.Enter("elsewhere"));
        slots.Leave("there");
        Assert.Null(slots.Enter("there"));
    }

    /// <summary>No time passes.</summary>
    private sealed class Still : TimeProvider
    {
        public override long GetTimestamp() => 0;
    }

    /// <summary>Answers that are waited for until they are given.</summary>
    private sealed class Answers : IDisposable
    {
        private readonly TaskCompletionSource _given = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly Lock _lock = new();

        public int Waiting { get; private set; }

        /// <summary>How many waited at the same time, at the most.</summary>
        public int Most { get; private set; }

        public async Task<(int Status, string Body)> WaitAsync()
        {
            lock (_lock)
                Most = Math.Max(Most, ++Waiting);
            try
            {
                await _given.Task;
                return (200, string.Empty);
            }
            finally
            {
                lock (_lock)
                    Waiting--;
            }
        }

        public void Give() => _given.TrySetResult();

        /// <summary>A test that has failed leaves nobody waiting.</summary>
        public void Dispose() => Give();
    }
}
