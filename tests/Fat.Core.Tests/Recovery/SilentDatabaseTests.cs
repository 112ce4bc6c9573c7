using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Recovery;
using Fat.Registry;
using Fat.TestServers.Network;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Recovery;

/// <summary>A database that does not answer holds up nothing of the others, and clean-up takes what there is.</summary>
public sealed class SilentDatabaseTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Questions_for_decisions_are_answered_while_another_database_is_silent()
    {
        await using var route = await FaultyProxy.StartAsync(world.Servers.Postgres.Host, world.Servers.Postgres.Port, cancellationToken: Stop);
        var connectionString = string.Empty;
        var service = await world.StartAsync(
            "twofold",
            configure: fat => fat.AddDatabase("silent", () => new NpgsqlConnection(connectionString)),
            connection: text => connectionString = new NpgsqlConnectionStringBuilder(text) { Host = route.Host, Port = route.Port, Pooling = false }.ConnectionString);
        var participant = service.Services.GetRequiredService<Participant>();
        var node = participant.Node;
        route.BlackHole();
        var (undecided, unacknowledged) = (NewGroup(), NewGroup());
        var age = InDoubtResolver.Silence * 2;
        var branch = new BranchVote(node.Ids.NewScope(CallId.Root.Child(1)).Branch(1), node.Instance, Vote.Prepared);

        await node.Registry.RequestResolveAsync(
            node.Service,
            [
                new ResolveRequest(unacknowledged, node.Databases.Decisions, node.Instance, age) { Acknowledge = [branch] },
                new ResolveRequest(undecided, node.Databases.Decisions, node.Instance, age),
            ],
            Stop);

        // A connection attempt to the silent one lasts 15 s.
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(8));
        while (await service.QueryAsync<long>($"SELECT count(*) FROM fat_barrier WHERE gid = '{undecided}' AND reason = 'rolledback'") == 0)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
        await route.HealAsync(Stop);
    }

    [Fact]
    public async Task However_many_groups_ended_here_one_turn_takes_them_all()
    {
        var service = await world.StartAsync("busy");
        var participant = service.Services.GetRequiredService<Participant>();
        for (var i = 0; i < 1_201; i++)
            participant.FinishedLocally.Add(NewGroup());

        await new DecisionCleaning(participant, createTable: false).CleanAsync(Stop);

        Assert.Empty(participant.FinishedLocally.Take(1));
    }

    private static GroupId NewGroup() => GroupId.New(TimeProvider.System.GetUtcNow());
}
