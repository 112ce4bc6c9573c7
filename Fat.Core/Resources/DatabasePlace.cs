using System.Data.Common;

namespace Fat.Resources;

/// <summary>Where a connection string leads. Two that lead to one database may say so differently: equal places are one, unequal ones may be.</summary>
internal static class DatabasePlace
{
    private static readonly string[] Settings = ["Host", "Server", "Data Source", "Address", "Addr", "Network Address", "Port", "Database", "Initial Catalog"];

    /// <summary>What a connection string says of the server and the database, and nothing else of it.</summary>
    public static string Of(string connectionString)
    {
        var settings = new DbConnectionStringBuilder { ConnectionString = connectionString };
        return string.Join(';', Settings.Where(settings.ContainsKey).Select(setting => $"{setting}={settings[setting]}"));
    }
}
