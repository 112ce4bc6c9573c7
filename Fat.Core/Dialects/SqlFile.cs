namespace Fat.Dialects;

/// <summary>The scripts that create tables; people who create them by hand use the same files.</summary>
internal static class SqlFile
{
    public static string Read(string name, string placeholder, string table)
    {
        using var stream = typeof(SqlFile).Assembly.GetManifestResourceStream($"Fat.Sql.{name}")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd().Replace(placeholder, table, StringComparison.Ordinal);
    }
}
