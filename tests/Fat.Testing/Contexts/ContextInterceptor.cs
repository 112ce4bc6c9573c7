using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using Fat.Testing.Data;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;

namespace Fat.Testing.Contexts;

/// <summary>
/// What a context on EF Core's InMemory provider saves inside a branch is there at once, for everybody. It is locked until the branch has ended, so that no other
/// branch writes the same rows, and taken back exactly if the branch rolls back. A context on another provider is refused there: its saves would stay. So is one that
/// does not work in the branch in production.
/// </summary>
/// <param name="database">What stands for the context's database.</param>
/// <param name="isLent">Whether Fat lends its connection to the context of the method's DI scope; else every instance of the context takes part.</param>
internal sealed class ContextInterceptor(FatTestDatabase database, bool isLent) : SaveChangesInterceptor, IDbConnectionInterceptor
{
    private const string InMemory = "Microsoft.EntityFrameworkCore.InMemory";

    private readonly ConditionalWeakTable<DbContext, Saving> _saving = [];

    public override InterceptionResult<int> SavingChanges(DbContextEventData eventData, InterceptionResult<int> result)
    {
        if (eventData.Context is { } context && BranchOf(context) is not null)
            throw new NotSupportedException($"In tests with Fat.Testing a [FatTransaction] method saves {context.GetType().Name} with SaveChangesAsync: a save may have to wait for another branch.");
        return result;
    }

    public override async ValueTask<InterceptionResult<int>> SavingChangesAsync(
        DbContextEventData eventData, InterceptionResult<int> result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is not { } context || BranchOf(context) is not { } connection)
            return result;
        await connection.Owner.PassAsync().ConfigureAwait(false);
        if (context.Database.ProviderName != InMemory)
            throw Refused(context);
        var rows = new List<SavedRow>();
        foreach (var entry in context.ChangeTracker.Entries().Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted).ToList())
            rows.Add(await LockAsync(connection, entry, cancellationToken).ConfigureAwait(false));
        if (rows.Count == 0)
            return result;

        // Before the save: of one that fails the provider may keep a part.
        var undo = new SaveUndo(context.GetService<IDbContextOptions>(), context.Model, rows);
        database.Server.AddUndo(connection.Session, undo.Run);
        _saving.AddOrUpdate(context, new Saving(connection.Session, undo));
        return result;
    }

    public override async ValueTask<int> SavedChangesAsync(SaveChangesCompletedEventData eventData, int result, CancellationToken cancellationToken = default)
    {
        if (eventData.Context is not { } context || !_saving.TryGetValue(context, out var saving))
            return result;
        _saving.Remove(context);
        if (!database.Server.IsInTransaction(saving.Session))
        {
            // The branch's transaction has ended meanwhile, and was taken back before the save was done: it goes at once.
            saving.Undo.Run();
            throw MemoryDbException.Lost($"the transaction on '{database.Name}' ended while it saved");
        }

        await saving.Session.Owner.PassAsync().ConfigureAwait(false);
        return result;
    }

    InterceptionResult IDbConnectionInterceptor.ConnectionOpening(DbConnection connection, ConnectionEventData eventData, InterceptionResult result) =>
        eventData.Context is { } context && IsInside(context) ? throw Refused(context) : result;

    ValueTask<InterceptionResult> IDbConnectionInterceptor.ConnectionOpeningAsync(
        DbConnection connection, ConnectionEventData eventData, InterceptionResult result, CancellationToken cancellationToken) =>
        eventData.Context is { } context && IsInside(context) ? throw Refused(context) : new(result);

    private async Task<SavedRow> LockAsync(MemoryConnection connection, EntityEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Metadata.IsOwned() || entry.Metadata.HasSharedClrType)
            throw new NotSupportedException($"Fat.Testing cannot take back what is saved of {entry.Metadata.DisplayName()}: it has no type of its own (owned, or a join of many to many).");
        var key = entry.Metadata.FindPrimaryKey() ?? throw new NotSupportedException($"Fat.Testing cannot take back what is saved of {entry.Metadata.DisplayName()}: it has no key.");
        object?[] values = [.. key.Properties.Select(property => entry.Property(property).CurrentValue)];
        var row = new RowKey("entity " + entry.Metadata.Name, string.Join('|', values.Select(value => Convert.ToString(value, CultureInfo.InvariantCulture))));
        await database.Server.ChangeAsync(connection.Session, row, static (_, _) => Change.To(null), isBusiness: true, cancellationToken).ConfigureAwait(false);
        var before = await entry.GetDatabaseValuesAsync(cancellationToken).ConfigureAwait(false);
        return SavedRow.Of(before ?? entry.CurrentValues.Clone(), wasThere: before is not null);
    }

    /// <summary>The connection of the branch on this database that the context works in, if any.</summary>
    /// <exception cref="InvalidOperationException">It works in none, although one runs.</exception>
    private MemoryConnection? BranchOf(DbContext context)
    {
        if (MemoryLoan.Of(context) is { Connection: var lent })
            return lent.Place == database ? lent : null;
        return Running() is not { } running ? null : isLent ? throw Apart(context) : running;
    }

    private bool IsInside(DbContext context) => MemoryLoan.Of(context)?.Connection.Place == database || Running() is not null;

    /// <summary>The connection of the branch that runs, if it is on this database.</summary>
    private MemoryConnection? Running() => FatLocalTransaction.Current?.Connection is MemoryConnection connection && connection.Place == database ? connection : null;

    private static InvalidOperationException Apart(DbContext context) => new(
        $"This {context.GetType().Name} is not the one of the DI scope of the [FatTransaction] method that runs: it comes from an IDbContextFactory, or from a scope that was made inside. In production " +
        "it has a connection of its own, so what it saves is committed at once, and stays when the group rolls back. Save with the one that the service is given by its constructor; " +
        "what is to stay whatever becomes of the group is saved outside of the method.");

    private static InvalidOperationException Refused(DbContext context) => new(
        $"{context.GetType().Name} uses {context.Database.ProviderName}, and the branch's database is in memory: what it saved would stay when the group rolls back. In the test register it with " +
        "UseInMemoryDatabase, or let a fake of the repository work on FatTestDatabase.Table.");

    /// <summary>A save on its way, and the transaction that it belongs to.</summary>
    private sealed record Saving(Session Session, SaveUndo Undo);
}
