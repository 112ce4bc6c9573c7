namespace Fat.Decisions;

/// <summary>
/// The statements of operators on a barrier table and the audit table beside it. A decision that is forced where the decision
/// belongs is an ordinary decision row; one that is forced in a participant's database, because the decision database is gone, is the
/// row <c>(gid, 00, forced, 01)</c>, which no root's decision can be taken for.
/// </summary>
internal sealed class ForceSql(string barrier, string audit)
{
    /// <summary>The <c>op</c> of a decision.</summary>
    public const string Decision = "decision";

    /// <summary>The <c>op</c> of a decision that was forced without the decision database.</summary>
    public const string Forced = "forced";

    private const string Row = "branch_id = '00' AND barrier_id = '01'";

    /// <summary>As rule S5: p1 the group, p2 the op, p3 the decision, p4 the branches that it commits, or nothing.</summary>
    public string Insert { get; } =
        $"INSERT INTO {barrier} (trans_type, gid, branch_id, op, barrier_id, reason, payload, create_time) " +
        "VALUES ('fat', @p1, '00', @p2, '01', @p3, NULLIF(@p4, ''), clock_timestamp()) ON CONFLICT DO NOTHING";

    /// <summary>The decision and the forced one of groups: p1 the groups. Returns group, op, decision, branches, and when.</summary>
    public string Read { get; } =
        $"SELECT gid, op, reason, payload, create_time FROM {barrier} WHERE gid = ANY (@p1) AND {Row} AND op IN ('{Decision}', '{Forced}')";

    /// <summary>Another service's operator was first: p1 the group, p2 the decision that stands, p3 what it commits.</summary>
    public string Overrule { get; } =
        $"UPDATE {barrier} SET reason = @p2, payload = NULLIF(@p3, ''), update_time = clock_timestamp() WHERE gid = @p1 AND {Row} AND op = '{Forced}'; " +
        $"UPDATE {audit} SET effect = 'none', standing = @p2, branches = NULLIF(@p3, '') WHERE gid = @p1";

    /// <summary>p1 the group, p2 asked for, p3 the effect, p4 the decision that stands, p5 what it commits, p6 who, p7 why, p8 the instance.</summary>
    public string Record { get; } =
        $"INSERT INTO {audit} (gid, decision, effect, standing, branches, who, why, instance, create_time) " +
        "VALUES (@p1, @p2, @p3, @p4, NULLIF(@p5, ''), @p6, @p7, @p8, clock_timestamp())";

    /// <summary>Newest first: p1 the group, or nothing for all, p2 how many.</summary>
    public string ListRecords { get; } =
        $"SELECT gid, decision, effect, standing, branches, who, why, instance, create_time FROM {audit} " +
        "WHERE @p1 = '' OR gid = @p1 ORDER BY id DESC LIMIT @p2";

    /// <summary>Newest first: p1 how many. Returns as <see cref="Read"/>.</summary>
    public string ListEnded { get; } =
        $"SELECT gid, op, reason, payload, create_time FROM {barrier} WHERE {Row} AND op = '{Decision}' ORDER BY create_time DESC, gid DESC LIMIT @p1";
}
