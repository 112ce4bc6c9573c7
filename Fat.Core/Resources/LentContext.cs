using System.Data.Common;
using Microsoft.EntityFrameworkCore;

namespace Fat.Resources;

/// <summary>
/// The DbContext of a DI scope, as Fat lends connections to it. It is made behind the context, so the scope disposes of it first: where a method that ignores its token
/// outlives its scope, a pooled context goes on to its next user without the method's connection.
/// </summary>
internal abstract class LentContext(DbContext context) : IDisposable
{
    public DbContext Context => context;

    /// <summary>What is lent to it now.</summary>
    protected virtual IContextLoan? Loan => DbContextLoan.Of(context);

    /// <exception cref="InvalidOperationException">The context is in the middle of work of its own.</exception>
    public virtual async Task<IContextLoan> LendAsync(DbConnection connection, DbTransaction transaction) =>
        await DbContextLoan.GrantAsync(context, connection, transaction).ConfigureAwait(false);

    public void Dispose() => Loan?.TakeBack();
}

/// <inheritdoc/>
internal class LentContext<TContext>(TContext context) : LentContext(context)
    where TContext : DbContext;
