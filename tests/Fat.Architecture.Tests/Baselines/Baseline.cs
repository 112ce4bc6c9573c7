using System.Reflection;

namespace Fat.Architecture.Tests.Baselines;

/// <summary>A text that others depend on, as it was agreed: a change has to be made on purpose.</summary>
internal static class Baseline
{
    public const string Accept = "FAT_ACCEPT_BASELINES";

    public static string ProjectFolder { get; } =
        typeof(Baseline).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == "ProjectFolder").Value!;

    public static void Check(string name, string actual)
    {
        var file = Path.Combine(ProjectFolder, "Baselines", name);
        if (Environment.GetEnvironmentVariable(Accept) == "1")
            File.WriteAllText(file, actual);
        var agreed = File.Exists(file) ? File.ReadAllText(file) : string.Empty;
        var difference = Difference(agreed, actual);
        Assert.True(difference.Length == 0, Message(name, difference));
    }

    /// <summary>The lines that are gone (-) and that are new (+), in their order; empty when the texts are the same.</summary>
    public static string Difference(string agreed, string actual)
    {
        var before = Lines(agreed);
        var after = Lines(actual);
        var length = new int[before.Length + 1, after.Length + 1];
        for (var i = before.Length - 1; i >= 0; i--)
        {
            for (var j = after.Length - 1; j >= 0; j--)
                length[i, j] = before[i] == after[j] ? length[i + 1, j + 1] + 1 : Math.Max(length[i + 1, j], length[i, j + 1]);
        }

        var lines = new List<string>();
        for (int i = 0, j = 0; i < before.Length || j < after.Length;)
        {
            if (i < before.Length && j < after.Length && before[i] == after[j])
                (i, j) = (i + 1, j + 1);
            else if (j == after.Length || (i < before.Length && length[i + 1, j] >= length[i, j + 1]))
                lines.Add("- " + before[i++]);
            else
                lines.Add("+ " + after[j++]);
        }

        return string.Join('\n', lines);
    }

    public static string Message(string name, string difference) =>
        $"{name} is not what was agreed:\n{difference}\nIf this is wanted, run the tests once with {Accept}=1 and commit tests/Fat.Architecture.Tests/Baselines/{name} with a word on why.";

    private static string[] Lines(string text) => text.Length == 0 ? [] : text.ReplaceLineEndings("\n").TrimEnd('\n').Split('\n');
}
