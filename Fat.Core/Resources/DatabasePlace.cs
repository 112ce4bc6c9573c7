using System.Data.Common;

namespace Fat.Resources;

/// <summary>Where a connection string leads. Two that lead to one database may say so differently: equal places are one, unequal ones may be.</summary>
internal static class DatabasePlace
{
    private static readonly string[] Settings = ["Host", "Server", "Data Source", "Address", "Addr", "Network Address", "Port", "Database", "Initial Catalog"];

    /// <summary>What a connection string says of the server and the database, and nothing else of it.</summary>
    /// <param name="connectionString">It.</param>
    /// <param name="withSchema">Whether the schemas count in which a table is looked for.</param>
    public static string Of(string connectionString, bool withSchema = false)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return string.Join(';', (withSchema ? [.. Settings, "Search Path"] : Settings).Where(settings.ContainsKey).Select(setting => $"{setting}={settings[setting]}"));
    }
}
