using System.Data.Common;
using System.Globalization;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Journal;

/// <summary>Makes something of the rows of a journal; null where that cannot be done.</summary>
internal static class JournalRows
{
    public static (GroupId Gid, BranchId Branch)? Branch(DbDataReader row) =>
        GroupId.TryParse(row.GetString(0), out var gid) && BranchId.TryParse(row.GetString(1), out var branch) ? (gid, branch) : null;

    public static JournalledBranch? Journalled(DbDataReader row) =>
        Branch(row) is var (gid, branch) && FatName.TryParse(row.GetString(2), out var root) && FatName.TryParse(row.GetString(3), out var decisions)
        && InstanceId.TryParse(row.GetString(4), out var instance)
            ? new JournalledBranch(
                new PreparedName(gid, branch, root, decisions), instance, TimeSpan.FromSeconds(Convert.ToDouble(row.GetValue(5), CultureInfo.InvariantCulture)))
            : null;

    public static Incident? Incident(DbDataReader row) => Branch(row) is var (gid, branch)
        ? new Incident(
            gid, branch, row.GetString(2), row.GetString(3), row.GetString(4), row.GetString(5), row.GetString(6), row.GetString(7), Number(row, 8) == 1,
            Text(row, 9), Text(row, 10), row.GetString(11), Number(row, 12), Number(row, 13), Text(row, 14), Time(row, 15), Time(row, 16))
        : null;

    public static IncidentEvent? Event(DbDataReader row) => Branch(row) is var (gid, branch)
        ? new IncidentEvent(
            gid, branch, row.GetString(2), row.GetString(3), Number(row, 4), Text(row, 5), Text(row, 6), Number(row, 7), row.GetString(8), Time(row, 9), Number(row, 10) == 1,
            Number(row, 11), row.GetString(12))
        : null;

    public static string? Text(DbDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);

    public static int Number(DbDataReader row, int column) => Convert.ToInt32(row.GetValue(column), CultureInfo.InvariantCulture);

    /// <summary>Drivers that know no time zones give what was stored, which is UTC.</summary>
    public static DateTimeOffset Time(DbDataReader row, int column) =>
        row.GetDateTime(column) is { Kind: DateTimeKind.Unspecified } stored ? new DateTimeOffset(stored, TimeSpan.Zero) : new DateTimeOffset(row.GetDateTime(column)).ToUniversalTime();
}
