using System.Data.Common;
using System.Runtime.CompilerServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fat.Resources;

/// <summary>
/// Lends a connection and its transaction to a DbContext for the time of one method. The connection stays Fat's: it outlives
/// the context's DI scope, and the context goes on with a connection of its own afterwards.
/// </summary>
internal sealed class DbContextLoan : IContextLoan
{
    private static readonly ConditionalWeakTable<DbContext, DbContextLoan> Lent = [];

    private readonly DbContext _context;
    private readonly IRelationalConnection _connection;
    private readonly DbTransaction _transaction;
    private readonly DbConnection _replacement;
    private readonly bool _owned;
    private IDbContextTransaction? _lent;
    private int _over;

    private DbContextLoan(DbContext context, DbTransaction transaction, DbConnection replacement, bool owned)
    {
        _transaction = transaction;
        _context = context;
        _connection = context.GetService<IRelationalConnection>();
        _replacement = replacement;
        _owned = owned;
    }

    /// <summary>What is lent to a context now.</summary>
    public static DbContextLoan? Of(DbContext context) => Lent.TryGetValue(context, out var loan) ? loan : null;

    /// <summary>Of two methods that begin at once one would work on the other's connection.</summary>
    public static InvalidOperationException InUse(DbContext context) => new(
        $"Another [FatTransaction] method is using this {context.GetType().Name} now. Await it first, or give each of them a DI scope of its own.");

    public bool IsOf(DbTransaction transaction) => ReferenceEquals(transaction, _transaction);

    /// <exception cref="InvalidOperationException">The context is in the middle of work of its own.</exception>
    public static async Task<DbContextLoan> GrantAsync(DbContext context, DbConnection connection, DbTransaction transaction)
    {
        if (Lent.TryGetValue(context, out _))
            throw InUse(context);
        var own = context.Database.GetDbConnection();
        if (context.Database.CurrentTransaction is not null || own.State != System.Data.ConnectionState.Closed)
        {
            throw new InvalidOperationException(
                $"{context.GetType().Name} has an open connection or transaction of its own while a [FatTransaction] method begins. " +
                "End it first, or call the method before you open it.");
        }

        // A connection that the context owns is disposed when another one takes its place, so it gets a new one afterwards.
        var owned = context.GetService<IDbContextOptions>().Extensions.OfType<RelationalOptionsExtension>().FirstOrDefault() is not { Connection: not null, IsConnectionOwned: false };
        var loan = new DbContextLoan(context, transaction, owned ? ConnectionClone.Of(own) : own, owned);
        if (!Lent.TryAdd(context, loan))
            throw InUse(context);
        try
        {
            context.Database.SetDbConnection(connection, contextOwnsConnection: false);
            loan._lent = await context.Database.UseTransactionAsync(transaction).ConfigureAwait(false);
            return loan;
        }
        catch
        {
            // Nothing has run on it: the caller rolls back.
            loan.TakeBack();
            throw;
        }
    }

    // A context that is gone does not know; the driver does.
    public bool Holds
    {
        get
        {
            if (Volatile.Read(ref _over) != 0)
                return true;
            try
            {
                return ReferenceEquals(_context.Database.CurrentTransaction, _lent);
            }
            catch (ObjectDisposedException)
            {
                return true;
            }
        }
    }

    /// <summary>
    /// Takes the connection back, once: behind the method, or before its DI scope lets go of the context. Also where the context was disposed
    /// or is back in its pool, which resets it and keeps a connection that it does not own. Does not fail.
    /// </summary>
    public void TakeBack()
    {
        if (Interlocked.Exchange(ref _over, 1) != 0)
            return;
        _connection.UseTransaction(null);
        _connection.SetDbConnection(_replacement, _owned);
        Lent.Remove(_context);
    }
}
