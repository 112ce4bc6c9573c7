using System.Data.Common;

namespace Fat.Dialects;

/// <summary>A connection to the same database with other settings.</summary>
internal static class UnpooledConnection
{
    /// <summary>Null for a type that cannot be made from its connection string alone, such as a profiler's wrapper.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="changed">What is set; a setting without a value is left out.</param>
    public static DbConnection? Like(DbConnection connection, params IReadOnlyList<(string Key, string? Value)> changed)
    {
        if (connection.GetType().GetConstructor(Type.EmptyTypes) is null)
            return null;
        var settings = new DbConnectionStringBuilder { ConnectionString = connection.ConnectionString };
        foreach (var (key, value) in changed)
            settings[key] = value;
        var made = (DbConnection)Activator.CreateInstance(connection.GetType())!;
        made.ConnectionString = settings.ConnectionString;
        return made;
    }
}
