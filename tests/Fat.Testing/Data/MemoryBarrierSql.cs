using System.Data.Common;

namespace Fat.Testing.Data;

/// <summary>The names of what can be done with the barrier table in memory; <see cref="MemoryBarrier"/> does it.</summary>
internal sealed class MemoryBarrierSql : FatBarrierSql
{
    public const string ManyCommit = "BARRIER COMMIT MANY";
    public const string ManyDeleteCommitted = "BARRIER DELETE COMMITTED";
    public const string ManyDeleteRolledBack = "BARRIER DELETE ROLLEDBACK";
    public const string ManyRead = "BARRIER READ MANY";

    private MemoryBarrierSql()
    {
    }

    public static MemoryBarrierSql Instance { get; } = new();

    public override string Create => "BARRIER CREATE";

    public override string Commit => "BARRIER COMMIT";

    public override string RollBack => "BARRIER ROLLBACK";

    public override string Read => "BARRIER READ";

    public override string ListCommitted => "BARRIER LIST COMMITTED";

    public override string ListRolledBack => "BARRIER LIST ROLLEDBACK";

    public override string ListEnded => "BARRIER LIST ENDED";

    public override string Force => "BARRIER FORCE";

    public override string Overrule => "BARRIER OVERRULE";

    public override string Record => "AUDIT RECORD";

    public override string ListRecords => "AUDIT LIST RECORDS";

    public override string ListAudit => "AUDIT LIST";

    public override FatSqlStatement CommitMany(IReadOnlyList<string> groups, IReadOnlyList<string> branches) => new(ManyCommit, [groups, branches]);

    public override FatSqlStatement DeleteCommitted(IReadOnlyList<string> groups) => new(ManyDeleteCommitted, [groups]);

    public override FatSqlStatement DeleteRolledBack(IReadOnlyList<string> groups) => new(ManyDeleteRolledBack, [groups]);

    public override FatSqlStatement ReadMany(IReadOnlyList<string> groups) => new(ManyRead, [groups]);

    // No other key can be a duplicate: a table's row is written whether it is there or not.
    public override bool IsDecided(DbException exception) => exception.SqlState == MemoryDbException.DuplicateKey;
}
