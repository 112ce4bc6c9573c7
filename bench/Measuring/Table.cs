namespace Fat.Bench.Measuring;

/// <summary>A table of text: the first column to the left, the others to the right.</summary>
internal sealed class Table(string title, params string[] columns)
{
    private readonly List<string[]> _rows = [];

    public void Add(params string[] cells) => _rows.Add(cells);

    public void Print(TextWriter output)
    {
        var widths = columns.Select((name, column) => _rows.Select(row => row[column].Length).Append(name.Length).Max()).ToArray();
        output.WriteLine(title);
        output.WriteLine(Line(columns, widths));
        output.WriteLine($"|{string.Join('|', widths.Select((width, column) => column == 0 ? new string('-', width + 2) : new string('-', width + 1) + ":"))}|");
        foreach (var row in _rows)
            output.WriteLine(Line(row, widths));
    }

    private static string Line(string[] cells, int[] widths) =>
        $"| {string.Join(" | ", cells.Select((cell, column) => column == 0 ? cell.PadRight(widths[column]) : cell.PadLeft(widths[column])))} |";
}
