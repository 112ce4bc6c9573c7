using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Incidents;

/// <summary>What is written down of a held branch's arguments, and that its method has all of them all the same.</summary>
public sealed class ArgumentTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sequence_that_comes_once_only_is_left_to_the_method()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (first, second) = (world.NextId(), world.NextId());

        var result = await world.RunAsync(deposits => deposits.PutEachAsync(Once(first, second)));

        Assert.Null(result.Error);
        await world.Safe.SeesAsync(second, Stop);
        Assert.True(await world.Safe.HasAsync(first));
    }

    [Fact]
    public async Task The_incident_says_that_there_was_one()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var gid = await world.LoseAsync(deposits => deposits.PutEachAsync(Once(world.NextId())));
        var open = await world.IncidentAsync(gid, FatIncidentState.Open);

        var shown = await world.Admin.ShowIncidentAsync(gid, open.Branch, Stop);
        Assert.Null(shown!.Arguments);
        Assert.Contains("no collection in memory", shown.ArgumentsProblem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_inside_of_an_argument_is_made_waited_for_or_read()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (made, waited, read) = (world.NextId(), world.NextId(), world.NextId());
        var begun = false;
        var coming = new TaskCompletionSource<int>();

        var result = await world.RunAsync(async deposits =>
        {
            // Whoever asked for the task's result before the method does would wait for ever.
            var putting = deposits.PutLaterAsync(new Later(new Lazy<int>(() => begun ? throw new InvalidOperationException("It is made twice.") : Begin()), coming.Task, Once(read)));
            await LostBranchWorld.UntilAsync(() => Task.FromResult(begun), true);
            coming.SetResult(waited);
            await putting;
        });

        Assert.Null(result.Error);
        await world.Safe.SeesAsync(read, Stop);
        Assert.True(await world.Safe.HasAsync(made));
        Assert.True(await world.Safe.HasAsync(waited));

        int Begin()
        {
            begun = true;
            return made;
        }
    }

    [Fact]
    public async Task A_method_that_is_to_be_replayed_takes_collections_and_no_other_sequence()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (first, second, third) = (world.NextId(), world.NextId(), world.NextId());

        var gid = await world.LoseAsync(deposits => deposits.PutEachReplayedAsync(new HashSet<int> { first, second }));
        await world.IncidentAsync(gid, FatIncidentState.Replayed);
        Assert.True(await world.Safe.HasAsync(first));
        Assert.True(await world.Safe.HasAsync(second));

        Assert.Contains("no collection in memory", await FailsAsync(world, deposits => deposits.PutEachReplayedAsync(Once(third))), StringComparison.Ordinal);
        Assert.Contains("no collection in memory", await FailsAsync(world, deposits => deposits.PutEachReplayedAsync(new[] { third }.AsQueryable())), StringComparison.Ordinal);
        Assert.False(await world.Safe.HasAsync(third));
    }

    [Fact]
    public async Task Nobody_looks_at_the_arguments_of_a_method_that_only_reads()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var watched = new Watched();

        var result = await world.RunAsync(deposits => deposits.CountAsync(watched));

        Assert.Null(result.Error);
        Assert.Equal(0, watched.Looks);
    }

    [Fact]
    public async Task What_is_too_large_is_not_all_written_first()
    {
        await using var world = await HeldWorld.StartAsync(servers, options => options.JournalLimit = 1000);
        var id = world.NextId();
        List<Watched> watched = [.. Enumerable.Range(0, 10_000).Select(_ => new Watched())];

        var result = await world.RunAsync(deposits => deposits.PutWatchedAsync(id, watched));

        Assert.Null(result.Error);
        await world.Safe.SeesAsync(id, Stop);
        Assert.InRange(watched.Count(one => one.Looks > 0), 1, 5000);
    }

    [Fact]
    public async Task A_class_that_stands_for_its_base_fails_a_branch_that_is_to_be_replayed()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var id = world.NextId();

        Assert.Contains("CardPayment stands for", await FailsAsync(world, deposits => deposits.PayAsync(id, new CardPayment(1, "4711"))), StringComparison.Ordinal);
        Assert.Contains("CardPayment stands for", await FailsAsync(world, deposits => deposits.PayAllAsync(id, [new Payment(1), new CardPayment(2, "4711")])), StringComparison.Ordinal);
        Assert.False(await world.Safe.HasAsync(id));
    }

    [Fact]
    public async Task One_that_JSON_tells_apart_is_replayed_as_what_it_was()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (known, plain) = (world.NextId(), world.NextId());
        KnownPayment card = new KnownCardPayment(1, "4711");

        var gid = await world.LoseAsync(deposits => deposits.PayKnownAsync(known, card));
        await world.IncidentAsync(gid, FatIncidentState.Replayed);
        var other = await world.LoseAsync(deposits => deposits.PayAsync(plain, new Payment(2)));
        await world.IncidentAsync(other, FatIncidentState.Replayed);

        Assert.Equal(card.ToString(), await world.TextAsync(known));
        Assert.Equal(new Payment(2).ToString(), await world.TextAsync(plain));
    }

    private static async Task<string> FailsAsync(HeldWorld world, Func<IDeposits, Task> work) => Assert.IsType<FatAbortedException>((await world.RunAsync(work)).Error).Reason;

    /// <summary>What a reader gives: it is at its end when somebody has read it.</summary>
    private static IEnumerable<int> Once(params int[] values)
    {
        var left = new Queue<int>(values);
        return Left();

        IEnumerable<int> Left()
        {
            while (left.TryDequeue(out var value))
                yield return value;
        }
    }
}
