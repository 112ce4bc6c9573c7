using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Groups;

/// <summary>Strangers, too much work, and roots without a database.</summary>
public sealed class BoundaryTests(BoundaryWorld world) : IClassFixture<BoundaryWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Unsigned_or_wrongly_signed_remote_data_enlists_nothing()
    {
        var ran = false;
        var result = await world.Orders.RootAsync(async (_, _) =>
        {
            var call = FatContext.BuildRemoteData("vault")!;
            foreach (var signature in new[] { null, "00", call.Fields[FatRemoteFields.Context] })
            {
                var fields = new Dictionary<string, string>(StringComparer.Ordinal) { [FatRemoteFields.Context] = call.Fields[FatRemoteFields.Context] };
                if (signature is not null)
                    fields[FatRemoteFields.Signature] = signature;
                await Assert.ThrowsAsync<FatRemoteDataException>(() => world.Vault.HandleAsync(fields, (_, _) =>
                {
                    ran = true;
                    return Task.CompletedTask;
                }));
            }

            call.Answered(new Dictionary<string, string>(StringComparer.Ordinal) { [FatRemoteFields.Reply] = FatRemoteFields.NotAParticipant });
        });

        Assert.Null(result.Error);
        Assert.False(ran);
    }

    [Fact]
    public async Task Signed_remote_data_is_accepted()
    {
        var id = world.NextId();
        var result = await world.Vault.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.OtherVault.CallAsync((vault, stop) => vault.AddAsync(id, stop));
        });

        Assert.Null(result.Error);
        await world.OtherVault.SeesAsync(id, Stop);
    }

    [Fact]
    public async Task Malformed_and_oversized_remote_data_is_refused_with_a_reason()
    {
        foreach (var (context, reason) in new[]
        {
            ("nonsense", "version"), ("1;x;1;orders~000000000000;orders;5", "group id"), (new string('1', 9000), "8192"),
            ("1;01990000-0000-7000-8000-000000000000;0;orders~000000000000;orders;5", "call id"),
        })
        {
            var fields = new Dictionary<string, string>(StringComparer.Ordinal) { [FatRemoteFields.Context] = context };
            var thrown = await Assert.ThrowsAsync<FatRemoteDataException>(() => world.Stock.HandleAsync(fields, (_, _) => Task.CompletedTask));
            Assert.Contains(reason, thrown.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task More_branches_than_workers_and_queue_are_refused_clearly()
    {
        var release = new TaskCompletionSource();
        var ids = new[] { world.NextId(), world.NextId(), world.NextId() };
        var groups = ids.Select(id => world.Narrow.RootAsync((items, _) => items.AddAndStayAsync(id, release.Task))).ToList();

        // One runs, one waits, so the third is refused while both are at it.
        var refused = await Task.WhenAny(groups);
        release.SetResult();
        var results = await Task.WhenAll(groups);

        Assert.IsType<FatSaturatedException>(Assert.IsType<FatAbortedException>((await refused).Error).InnerException);
        Assert.Equal(2, results.Count(result => result.Outcome == FatOutcome.Committed));
        for (var i = 0; i < ids.Length; i++)
            Assert.Equal(results[i].Outcome == FatOutcome.Committed, await world.Narrow.HasAsync(ids[i]));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_root_without_a_database_decides_in_the_registry(bool succeeds)
    {
        var id = world.NextId();
        var scopes = world.Gateway.GetRequiredService<IFatScopes>();
        var result = await scopes.RunAsync(
            new FatScopeRequest("Gateway", new FatServiceRegisterAttribute()),
            async _ =>
            {
                await world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
                await world.Accounts.CallAsync((accounts, stop) => succeeds ? accounts.AddAsync(id, stop) : accounts.AddThenFailAsync(id));
                return null;
            },
            Stop);

        if (succeeds)
        {
            Assert.Null(result.Error);
            await world.Stock.SeesAsync(id, Stop);
            await world.Accounts.SeesAsync(id, Stop);
            return;
        }

        Assert.IsType<FatAbortedException>(result.Error);
        await world.NothingPreparedAsync(world.Stock);
        Assert.False(await world.Stock.HasAsync(id));
        Assert.False(await world.Accounts.HasAsync(id));
    }

    [Fact]
    public async Task A_row_that_another_group_holds_ends_the_wait_in_time()
    {
        var id = world.NextId();
        await world.Stock.RootAsync((stock, token) => stock.AddAsync(id, token));
        FatScopeResult? second = null;
        var first = await world.Orders.RootAsync(async (_, _) =>
        {
            await world.Stock.CallAsync((stock, _) => stock.ChangeAsync(id, "first"));
            using (FatContext.Suppress())
            {
                second = await world.Orders.RootAsync(
                    (_, _) => world.Stock.CallAsync((stock, _) => stock.ChangeAsync(id, "second")),
                    new FatServiceRegisterAttribute { TimeoutMilliseconds = 700 });
            }
        });

        Assert.Null(first.Error);
        Assert.IsType<FatAbortedException>(second?.Error);
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(10));
        while (await world.Stock.QueryAsync<string>($"SELECT text FROM items WHERE id = {id}") != "first")
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
    }
}
