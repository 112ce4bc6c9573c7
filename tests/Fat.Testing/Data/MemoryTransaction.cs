using System.Data;
using System.Data.Common;

namespace Fat.Testing.Data;

internal sealed class MemoryTransaction(MemoryConnection connection, IsolationLevel isolation) : DbTransaction
{
    public override IsolationLevel IsolationLevel => isolation;

    protected override DbConnection DbConnection => connection;

    public override void Commit() => throw MemoryConnection.OnlyFat("COMMIT");

    public override void Rollback() => throw MemoryConnection.OnlyFat("ROLLBACK");

    public override async Task CommitAsync(CancellationToken cancellationToken = default) =>
        (await connection.RunAsync(Statement.Commit, [], cancellationToken).ConfigureAwait(false)).Dispose();

    public override Task RollbackAsync(CancellationToken cancellationToken = default) => connection.RollBackAsync();
}
