using System.Data.Common;
using System.Globalization;

namespace Fat.Testing.Data;

/// <summary>What Fat is told of the database in memory. Its transactions can be prepared, as PostgreSQL's.</summary>
internal sealed class MemoryDialect : FatDialect
{
    private MemoryDialect()
    {
    }

    public static MemoryDialect Instance { get; } = new();

    public override string Product => "Fat.Testing";

    public override string FailsIfFailed => Statement.Probe;

    public override string Begin(FatTransactionStart start) =>
        start.LockTimeout is { } wait ? $"{(start.ReadOnly ? Statement.ReadOnly + "; " : null)}{LockTimeout(wait)}" : start.ReadOnly ? Statement.ReadOnly : Statement.Probe;

    public override string LockTimeout(TimeSpan wait) =>
        $"{Statement.Lock} {Math.Max(1, (long)wait.TotalMilliseconds).ToString(CultureInfo.InvariantCulture)}";

    public override string HasWritten(FatTransactionStart start) => Statement.HasWritten;

    public override Task<string?> PrepareProblemAsync(DbConnection connection, CancellationToken cancellationToken) => Task.FromResult<string?>(null);

    public override string Prepare(string name) => $"{Statement.Prepare} {name}";

    public override string CommitPrepared(string name) => $"{Statement.CommitPrepared} {name}";

    public override string RollBackPrepared(string name) => $"{Statement.RollBackPrepared} {name}";

    public override string ListInDoubt(string prefix) => $"{Statement.ListPrepared} {prefix}";

    public override FatBarrierSql Barrier(string table, string auditTable) => MemoryBarrierSql.Instance;

    public override bool IsUnknownPrepared(DbException exception) => exception.SqlState == MemoryDbException.UnknownPrepared;

    public override bool IsRefusal(DbException exception) => exception.SqlState is not null;

    public override bool IsDuplicateKey(DbException exception) => exception.SqlState == MemoryDbException.DuplicateKey;

    public override bool IsLockTimeout(DbException exception) => exception.SqlState == MemoryDbException.LockTimeout;
}
