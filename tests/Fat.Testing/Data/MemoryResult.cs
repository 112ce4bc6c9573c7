using System.Data;

namespace Fat.Testing.Data;

/// <summary>What a statement returns.</summary>
internal static class MemoryResult
{
    private const string AffectedRows = "affected";

    /// <summary>No rows, and how many were changed.</summary>
    public static DataTable Affected(int rows) => new() { ExtendedProperties = { [AffectedRows] = rows } };

    public static int AffectedBy(DataTable result) => result.ExtendedProperties[AffectedRows] as int? ?? -1;

    public static DataTable Of(IEnumerable<object?[]> rows)
    {
        var table = new DataTable();
        foreach (var row in rows)
        {
            while (table.Columns.Count < row.Length)
                table.Columns.Add($"c{table.Columns.Count}", typeof(object));
            table.Rows.Add([.. row.Select(value => value ?? DBNull.Value)]);
        }

        return table;
    }
}
