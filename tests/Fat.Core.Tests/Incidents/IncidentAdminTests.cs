using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Incidents;

/// <summary>What operators see of lost branches, and what they do about them.</summary>
public sealed class IncidentAdminTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_operator_sees_a_lost_branch_and_runs_it_again_by_his_own_word()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var id = world.NextId();
        var gid = await world.LoseAsync(deposits => deposits.PutOnceAsync(id, "once"));
        var open = await world.IncidentAsync(gid, FatIncidentState.Open);

        Assert.Equal("Deposits.PutOnceAsync", open.Method);
        Assert.False(open.AllowsReplay);
        Assert.Contains("does not allow a replay", open.Reason, StringComparison.Ordinal);
        var details = await world.Admin.ShowIncidentAsync(gid, open.Branch, Stop);
        Assert.Equal($$"""{"id":{{id}},"text":"once"}""", details!.Arguments);
        Assert.Equal(open, details.Incident);
        Assert.Equal(FatIncidentEventKind.Opened, Assert.Single(details.Events).Kind);
        Assert.Equal(open, Assert.Single((await world.Admin.ShowAsync(gid, Stop)).Incidents));
        var refused = await Assert.ThrowsAsync<FatIncidentRefusedException>(() => world.Admin.ReplayIncidentAsync(gid, open.Branch, open.Version, "me", "why", cancellationToken: Stop));
        Assert.Contains("evenIfNotAllowed", refused.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await world.Admin.ShowIncidentAsync(gid, open.Branch, Stop))!.Incident.Attempts);

        var replayed = await world.Admin.ReplayIncidentAsync(gid, open.Branch, open.Version, "ops@night", "The method adds one row", evenIfNotAllowed: true, Stop);

        Assert.Equal((FatIncidentState.Replayed, 1), (replayed.State, replayed.Attempts));
        Assert.Equal("once", await world.TextAsync(id));
        var told = (await world.Admin.ShowIncidentAsync(gid, open.Branch, Stop))!.Events;
        Assert.Equal([(FatIncidentEventKind.Opened, null), (FatIncidentEventKind.Replayed, "ops@night")], told.Select(one => (one.Kind, one.By)));
        Assert.Equal("ops@night|The method adds one row|replay|" + open.Branch, await AuditAsync(world, gid));
        Assert.Empty((await world.Admin.ListIncidentsAsync(cancellationToken: Stop)).Items);
        Assert.Empty((await world.Admin.ListForcedAsync(cancellationToken: Stop)).Items);
    }

    [Fact]
    public async Task What_has_moved_on_is_left_as_it_is()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var id = world.NextId();
        var gid = await world.LoseAsync(deposits => deposits.PutOnceAsync(id, "once"));
        var open = await world.IncidentAsync(gid, FatIncidentState.Open);

        await MovedOnAsync(() => world.Admin.CloseIncidentAsync(gid, open.Branch, open.Version + 1, "me", "note", Stop));
        var closed = await world.Admin.CloseIncidentAsync(gid, open.Branch, open.Version, "me", "Done by hand", Stop);
        Assert.Equal((FatIncidentState.Closed, "Done by hand"), (closed.State, closed.Reason));
        await MovedOnAsync(() => world.Admin.CloseIncidentAsync(gid, open.Branch, open.Version, "another", "note", Stop));
        await MovedOnAsync(() => world.Admin.ReplayIncidentAsync(gid, open.Branch, closed.Version, "another", "why", evenIfNotAllowed: true, Stop));

        Assert.False(await world.Safe.HasAsync(id));
        Assert.Equal("me|Done by hand|close|" + open.Branch, await AuditAsync(world, gid));
        var last = (await world.Admin.ShowIncidentAsync(gid, open.Branch, Stop))!.Events[^1];
        Assert.Equal((FatIncidentEventKind.Closed, "me", "Done by hand"), (last.Kind, last.By, last.Reason));
    }

    [Fact]
    public async Task Of_two_operators_and_the_automatic_replay_one_does_it()
    {
        await using var world = await HeldWorld.StartAsync(servers);
        var (id, fails) = (world.NextId(), true);
        world.Outside.DoAsync = _ => FatContext.Current is { IsRoot: false } && fails ? throw new InvalidOperationException("Not yet.") : Task.CompletedTask;
        fails = false;
        var gid = await world.LoseAsync(async deposits =>
        {
            await deposits.PutAndCallAsync(id, "once");
            fails = true;
        });
        await world.IncidentAsync(gid, FatIncidentState.Failed);
        fails = false;

        var tries = Enumerable.Range(0, 8).Select(_ => Task.Run(TryAsync, Stop)).ToList();
        await Task.WhenAll(tries);
        await world.IncidentAsync(gid, FatIncidentState.Replayed);

        Assert.True(await world.Safe.HasAsync(id));

        async Task TryAsync()
        {
            try
            {
                var seen = (await world.Admin.ListIncidentsAsync(cancellationToken: Stop)).Items.FirstOrDefault();
                if (seen is not null)
                    await world.Admin.ReplayIncidentAsync(gid, seen.Branch, seen.Version, "me", "now", cancellationToken: Stop);
            }
            catch (FatIncidentRefusedException)
            {
                // Another was first.
            }
        }
    }

    [Fact]
    public async Task Incidents_that_are_over_go_after_their_time_with_all_that_they_left()
    {
        await using var world = await HeldWorld.StartAsync(servers, options => options.IncidentsKept = TimeSpan.FromSeconds(2));
        var id = world.NextId();
        var gid = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(id, "replayed"));
        await world.IncidentAsync(gid, FatIncidentState.Replayed);

        await world.NothingLeftAsync();

        Assert.True(await world.Safe.HasAsync(id));
        Assert.Null(await world.Admin.ShowIncidentAsync(gid, "1-0000000a-1", Stop));
    }

    private static async Task MovedOnAsync(Func<Task> action) =>
        Assert.Contains("has moved on", (await Assert.ThrowsAsync<FatIncidentRefusedException>(action)).Message, StringComparison.Ordinal);

    private static Task<string?> AuditAsync(HeldWorld world, string gid) =>
        world.Safe.QueryAsync<string>($"SELECT string_agg(concat_ws('|', who, why, decision, branches), ';' ORDER BY id) FROM fat_audit WHERE gid = '{gid}'");
}
