using Fat.Architecture.Tests.Rules;

namespace Fat.Architecture.Tests;

/// <summary>The drawing says what the tests hold.</summary>
public sealed class DocumentTests
{
    private const string Document = "../../docs/architecture.md";

    [Fact]
    public void The_table_in_docs_is_the_table_of_the_tests()
    {
        var lines = File.ReadAllLines(Path.Combine(Baselines.Baseline.ProjectFolder, Document));
        var written = lines.SkipWhile(line => line != "|---|---|---|").Skip(1).TakeWhile(line => line.StartsWith('|'));

        Assert.Equal(House.Rooms.Select(Line), written, StringComparer.Ordinal);
    }

    [Fact]
    public void Every_room_is_in_the_drawing()
    {
        var text = File.ReadAllText(Path.Combine(Baselines.Baseline.ProjectFolder, Document));

        Assert.All(House.Rooms.Where(room => room.Name != House.Root), room => Assert.Contains($" {room.Name.Split('/')[^1]}/ ", text, StringComparison.Ordinal));
    }

    private static string Line(Room room) => $"| {room.Name} | {List(room.Rooms)} | {List(room.Packages.Select(Package))} |";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.DefaultIfEmpty("-"));

    private static string Package(string package) => package.Split(':') is [var assembly, var type] ? $"{assembly} ({type} only)" : package;
}
