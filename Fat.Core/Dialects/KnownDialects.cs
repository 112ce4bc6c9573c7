using System.Data.Common;

namespace Fat.Dialects;

/// <summary>The dialect of a connection that names none: one that was registered for its type, or a built-in one, or none.</summary>
internal sealed class KnownDialects
{
    private readonly Dictionary<Type, FatDialect> _registered = [];

    public void Add(Type connectionType, FatDialect dialect) => _registered[connectionType] = dialect;

    public FatDialect For(DbConnection connection)
    {
        for (var type = connection.GetType(); type is not null; type = type.BaseType)
        {
            if (_registered.TryGetValue(type, out var registered))
                return registered;
        }

        return BuiltIn(connection.GetType());
    }

    private static FatDialect BuiltIn(Type connectionType) => connectionType.FullName switch
    {
        "Npgsql.NpgsqlConnection" => PostgresDialect.Instance,
        "MySqlConnector.MySqlConnection" or "MySql.Data.MySqlClient.MySqlConnection" => MySqlDialect.Instance,
        _ => new HeldOnlyDialect(connectionType),
    };
}
