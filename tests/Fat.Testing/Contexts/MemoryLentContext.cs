using System.Data.Common;
using Fat.Resources;
using Fat.Testing.Data;
using Microsoft.EntityFrameworkCore;

namespace Fat.Testing.Contexts;

/// <summary>The context of a DI scope, as in production; what it is lent is in memory.</summary>
internal sealed class MemoryLentContext<TContext>(TContext context) : LentContext<TContext>(context)
    where TContext : DbContext
{
    protected override IContextLoan? Loan => MemoryLoan.Of(Context);

    public override Task<IContextLoan> LendAsync(DbConnection connection, DbTransaction transaction) =>
        Task.FromResult<IContextLoan>(MemoryLoan.Grant(Context, (MemoryConnection)connection));
}
