using Fat.Coordination;
using Fat.Decisions;
using Fat.Protocol;
using Fat.Tests.Protocol;
using Fat.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Tests.Recovery;

/// <summary>Which decision rows go, and which stay (rule S7), on the real barrier table.</summary>
public sealed class DecisionRowTests(Servers servers) : IAsyncLifetime
{
    private static readonly BranchVote[] Branches = [Sample.Prepared("1-0000000b-1")];

    private readonly GroupWorld _world = new(servers);
    private readonly GroupId _gid = GroupId.New(TimeProvider.System.GetUtcNow());

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private DatabaseDecisionLog Log => _world.Orders.Services.GetRequiredService<Databases>().DecisionDatabases.First();

    public ValueTask InitializeAsync() => _world.InitializeAsync();

    public ValueTask DisposeAsync() => _world.DisposeAsync();

    [Fact]
    public async Task An_acknowledged_commit_goes()
    {
        await Log.CommitAsync(_gid, Branches, null, Stop);

        Assert.Contains(_gid, await Log.ListCommittedAsync(TimeSpan.Zero, 100, Stop));
        await Log.ForgetAsync([_gid], Stop);
        Assert.Equal(Decision.RolledBack, (await Log.ResolveAsync(_gid, Stop))!.Decision);
    }

    [Fact]
    public async Task A_commit_that_recovery_has_read_stays_because_its_root_may_not_know_of_it()
    {
        await Log.CommitAsync(_gid, Branches, null, Stop);
        Assert.Equal(Branches, (await Log.ResolveAsync(_gid, Stop))!.Branches);

        Assert.DoesNotContain(_gid, await Log.ListCommittedAsync(TimeSpan.Zero, 100, Stop));
        await Log.ForgetAsync([_gid], Stop);
        Assert.Equal(Decision.Committed, (await Log.ResolveAsync(_gid, Stop))!.Decision);
    }
}
