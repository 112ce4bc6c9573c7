namespace Fat.Docs.Tests;

/// <summary>The files of the repository that this assembly was built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    /// <summary>A file's text, with line feeds.</summary>
    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    private static string Find()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fat.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has a Fat.sln.");
    }
}
