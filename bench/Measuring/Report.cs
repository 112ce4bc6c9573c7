using System.Text.Json.Nodes;

namespace Fat.Bench.Measuring;

/// <summary>What a benchmark found out: tables for people, numbers for programs.</summary>
internal sealed class Report
{
    private readonly List<Table> _tables = [];
    private readonly List<string> _notes = [];

    /// <summary>One object for each thing that was measured.</summary>
    public JsonArray Results { get; } = [];

    /// <summary>How many operations failed, which casts doubt on all the numbers.</summary>
    public long Failures { get; set; }

    public void Add(Table table) => _tables.Add(table);

    public void Note(string text) => _notes.Add(text);

    public void Print(TextWriter output)
    {
        foreach (var table in _tables)
        {
            table.Print(output);
            output.WriteLine();
        }

        foreach (var note in _notes)
            output.WriteLine(note);
    }
}
