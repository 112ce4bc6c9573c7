using Fat.Faults;

namespace Fat.Core.Tests.Faults;

/// <summary>docs/failure-matrix.md, which is what the tests expect.</summary>
internal static class MatrixDocument
{
    public const string Impossible = "-";

    /// <summary>The rows of the matrix.</summary>
    public static IReadOnlyList<MatrixRow> Rows { get; } = [.. Table("point").Select(Row)];

    public static IReadOnlyList<MatrixCase> Cases { get; } =
        [.. Rows.SelectMany(row => Fault.All.Where(fault => row.Outcomes[fault] != Impossible).Select(fault => new MatrixCase(row, fault)))];

    private static MatrixRow Row(IReadOnlyDictionary<string, string> cells) => new(
        Enum.Parse<FaultPoint>(cells["point"].Trim('`')), cells["struck"], Fault.All.ToDictionary(fault => fault, fault => cells[fault.Column]), cells["within"]);

    /// <summary>The rows of the table whose first column has this name, by the names of the columns.</summary>
    private static IEnumerable<IReadOnlyDictionary<string, string>> Table(string first)
    {
        var lines = File.ReadAllLines(Path.Combine(Root(), "docs", "failure-matrix.md")).SkipWhile(line => !line.StartsWith($"| {first} |", StringComparison.Ordinal));
        var table = lines.TakeWhile(line => line.StartsWith('|')).Select(line => line.Trim('|').Split('|', StringSplitOptions.TrimEntries)).ToList();
        return table.Skip(2).Select(row => table[0].Zip(row).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal));
    }

    private static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fat.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has a Fat.sln.");
    }
}
