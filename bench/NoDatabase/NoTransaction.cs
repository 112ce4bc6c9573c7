using System.Data;
using System.Data.Common;

namespace Fat.Bench.NoDatabase;

/// <summary>A transaction of <see cref="NoConnection"/>.</summary>
internal sealed class NoTransaction(NoConnection connection, IsolationLevel isolationLevel) : DbTransaction
{
    public override IsolationLevel IsolationLevel => isolationLevel;

    protected override DbConnection DbConnection => connection;

    public override void Commit() => CommitCount.Add();

    public override void Rollback()
    {
        // There is nothing.
    }
}
