namespace Fat;

/// <summary>The settings of one database.</summary>
public sealed class FatDatabaseOptions
{
    /// <summary>
    /// This is the database of <c>[FatTransaction]</c> methods that name none, and, where its product has a barrier table (<see cref="FatDialect.Barrier"/>), the
    /// one that holds the decisions of groups begun here. One database may be declared it. Default: the first that is registered.
    /// </summary>
    public bool IsDefault { get; set; }

    /// <summary>How connections come into a branch's transaction. Default: as the method that registered the database says.</summary>
    public FatEnlistment? Enlistment { get; set; }

    /// <summary>
    /// Hold transactions open until the decision even where the database could prepare them. A branch that a crash loses
    /// after its vote is an incident (<see cref="FatTransactionAttribute.Replay"/>). Default: false.
    /// </summary>
    public bool Held { get; set; }

    /// <summary>
    /// What to know of the database's product. Default: null, so that it is found by the type of the connections: one that was registered with
    /// <see cref="IFatBuilder.AddDialect"/>, else a built-in one (<see cref="FatDialects"/>), else one that holds every transaction open.
    /// </summary>
    public FatDialect? Dialect { get; set; }

    /// <summary>The barrier table, which holds the decisions; may be qualified by a schema. Default: <c>fat_barrier</c>.</summary>
    public string BarrierTable { get; set; } = "fat_barrier";

    /// <summary>
    /// The table in which forced decisions, and what else operators do, are recorded (<see cref="IFatAdmin"/>, <see cref="IFatAudit"/>); may be qualified by a schema. Default:
    /// <c>fat_audit</c>.
    /// </summary>
    public string AuditTable { get; set; } = "fat_audit";

    /// <summary>
    /// The table in which held branches are written down before they vote, and in which lost ones stay as incidents; may be qualified
    /// by a schema. A second table has the same name and <c>_events</c>. Default: <c>fat_journal</c>.
    /// </summary>
    public string JournalTable { get; set; } = "fat_journal";
}
