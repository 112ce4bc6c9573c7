using Fat.Core.Tests.World;
using Microsoft.EntityFrameworkCore;

namespace Fat.Core.Tests.Trouble;

/// <summary>The same through System.Transactions, whose commit and roll back block and take no token: that must not reach the caller.</summary>
public sealed class AmbientDatabaseTroubleTests(AmbientDatabaseTroubleWorld world) : IAsyncLifetime, IClassFixture<AmbientDatabaseTroubleWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await world.ReadyAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Restarted_before_the_group_it_is_not_noticed()
    {
        await world.NextGroupWorksAsync();
        await world.Postgres.Server.RestartAsync(Stop);

        await world.NextGroupWorksAsync();
        await world.NothingLeftAsync();
    }

    [Fact]
    public async Task Restarted_before_the_decision_the_group_rolls_back()
    {
        var id = world.NextId();

        var decided = 0L;
        var result = await world.GroupAsync(id, async () =>
        {
            await world.Postgres.Server.RestartAsync(Stop);
            decided = TimeProvider.System.GetTimestamp();
        });
        var took = TimeProvider.System.GetElapsedTime(decided);

        RootDatabaseTroubleTests.NotCommitted(world, result, took);
        await world.AgreesAsync(id, result);
        Assert.False(await world.Child.HasAsync(id));
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_serialization_failure_that_the_decision_finds_rolls_back()
    {
        var (alone, grouped) = (world.NextId(), world.NextId());

        var single = await world.Root.RootAsync((items, _) => AddAgainstRivalAsync(items, alone));
        var group = await world.GroupAsync(grouped, root: (items, _) => AddAgainstRivalAsync(items, grouped));

        ChildDatabaseTroubleTests.RolledBackAt("root", single, "40001: could not serialize access", "repeat the whole group");
        ChildDatabaseTroubleTests.RolledBackAt("root", group, "40001: could not serialize access", "repeat the whole group");
        Assert.False(await world.Root.HasAsync(alone));
        await world.AgreesAsync(grouped, group);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task A_deferred_constraint_that_the_decision_finds_violated_rolls_back()
    {
        var (alone, grouped) = (world.NextId(), world.NextId());
        await world.Root.QueryAsync<object>("CREATE TABLE numbers (number int UNIQUE DEFERRABLE INITIALLY DEFERRED)");

        var single = await world.Root.RootAsync((items, _) => AddTwiceAsync(items, alone));
        var group = await world.GroupAsync(grouped, root: (items, _) => AddTwiceAsync(items, grouped));

        ChildDatabaseTroubleTests.RolledBackAt("root", single, "23505");
        ChildDatabaseTroubleTests.RolledBackAt("root", group, "23505");
        Assert.Equal(0, await world.Root.QueryAsync<long>("SELECT count(*) FROM numbers"));
        Assert.False(await world.Child.HasAsync(grouped));
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_at_the_decision_the_group_is_settled_when_it_is_back()
    {
        var id = world.NextId();

        var result = await world.GroupAsync(id, () =>
        {
            world.RootRoute.BlackHole();
            return Task.CompletedTask;
        });

        Assert.IsType<FatInDoubtException>(result.Error);
        await world.RootRoute.HealAsync(Stop);
        await world.AgreesAsync(id, result);
        await world.NextGroupWorksAsync();
    }

    [Fact]
    public async Task Silent_before_the_group_and_while_it_is_rolled_back_nobody_waits_for_it()
    {
        await world.NextGroupWorksAsync();
        var (first, second) = (world.NextId(), world.NextId());

        var during = await world.GroupAsync(first, () =>
        {
            world.RootRoute.BlackHole();
            throw new InvalidOperationException("Out of stock.");
        });
        var after = await world.GroupAsync(second);

        ChildDatabaseTroubleTests.RolledBackAt("root", during, "Out of stock.");
        ChildDatabaseTroubleTests.RolledBackAt("root", after, "(WaitResult)");
        await world.RootRoute.HealAsync(Stop);
        await world.AgreesAsync(first, during);
        await world.AgreesAsync(second, after);
        await world.NextGroupWorksAsync();
    }

    private Task AddAgainstRivalAsync(IItems items, int id) =>
        items.WorkSerializableAsync(context => Rival.SkewAsync(world.Root, context, id, world.NextId()));

    private static Task AddTwiceAsync(IItems items, int number) =>
        items.WorkAsync(context => context.Database.ExecuteSqlAsync($"INSERT INTO numbers VALUES ({number}), ({number})", Stop));
}
