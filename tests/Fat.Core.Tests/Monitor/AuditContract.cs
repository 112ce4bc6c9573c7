using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Monitor;

/// <summary>What IFatAudit does, whatever the product of the decision database.</summary>
public abstract class AuditContract : IAsyncLifetime
{
    protected static CancellationToken Stop => TestContext.Current.CancellationToken;

    protected abstract IServiceProvider Services { get; }

    protected abstract string Database { get; }

    private IFatAudit Audit => Services.GetRequiredService<IFatAudit>();

    public abstract ValueTask InitializeAsync();

    public abstract ValueTask DisposeAsync();

    [Fact]
    public async Task Entries_are_listed_newest_first_and_page_by_page()
    {
        for (var number = 0; number < 5; number++)
            await Audit.RecordAsync(number % 2 == 0 ? "m-even" : "m-odd", "retry", "ann", $"reason {number}", Stop);

        var all = await Audit.ListAsync(cancellationToken: Stop);
        Assert.Equal(["reason 4", "reason 3", "reason 2", "reason 1", "reason 0"], all.Items.Select(entry => entry.Reason));
        Assert.All(all.Items, entry => Assert.Equal(("retry", "asked", "ann", Database), (entry.Action, entry.Effect, entry.By, entry.Database)));
        Assert.False(all.HasMore);
        Assert.Empty(all.Unreachable);
        Assert.Equal(["reason 3", "reason 1"], (await Audit.ListAsync("m-odd", cancellationToken: Stop)).Items.Select(entry => entry.Reason));
        var part = await Audit.ListAsync(limit: 2, skip: 1, cancellationToken: Stop);
        Assert.Equal(["reason 3", "reason 2"], part.Items.Select(entry => entry.Reason));
        Assert.True(part.HasMore);
    }

    [Fact]
    public async Task Forced_decisions_are_entries_and_entries_are_no_forced_decisions()
    {
        var gid = Guid.CreateVersion7().ToString();
        var admin = Services.GetRequiredService<IFatAdmin>();
        await Audit.RecordAsync(gid, "look", "bob", "It is stuck.", Stop);
        await admin.ForceAsync(gid, FatDecision.RolledBack, "ann", "The root is gone.", new FatForceOptions { DecisionDatabase = Database }, Stop);

        var entries = (await Audit.ListAsync(gid, cancellationToken: Stop)).Items;
        Assert.Equal([("rolledback", "decided", "ann"), ("look", "asked", "bob")], entries.Select(entry => (entry.Action, entry.Effect, entry.By)));
        Assert.Equal("ann", Assert.Single((await admin.ListForcedAsync(cancellationToken: Stop)).Items, record => record.Gid == gid).By);
    }

    [Fact]
    public async Task What_is_recorded_is_checked()
    {
        var longText = new string('x', 2001);
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.RecordAsync(" ", "retry", "ann", "why", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.RecordAsync(longText[..129], "retry", "ann", "why", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.RecordAsync("m", "Retry!", "ann", "why", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.RecordAsync("m", longText[..33], "ann", "why", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.RecordAsync("m", "committed", "ann", "why", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.RecordAsync("m", "retry", longText[..201], "why", Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.RecordAsync("m", "retry", "ann", longText, Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.ListAsync(limit: 1001, cancellationToken: Stop));
        await Assert.ThrowsAnyAsync<ArgumentException>(() => Audit.ListAsync(skip: 100_001, cancellationToken: Stop));
        Assert.Empty((await Audit.ListAsync("m", cancellationToken: Stop)).Items);
    }

    [Fact]
    public async Task A_table_that_is_away_is_told()
    {
        await RenameAsync("fat_audit", "elsewhere");

        await Assert.ThrowsAsync<FatMonitorUnavailableException>(() => Audit.RecordAsync("m", "retry", "ann", "why", Stop));
        Assert.Contains(Database, (await Audit.ListAsync(cancellationToken: Stop)).Unreachable);
        await RenameAsync("elsewhere", "fat_audit");
    }

    protected abstract Task RenameAsync(string table, string name);
}
