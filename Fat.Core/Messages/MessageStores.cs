using System.Data.Common;
using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Messages;

/// <summary>The databases of this service that can have messages. Thread-safe.</summary>
internal sealed class MessageStores : IAsyncDisposable
{
    private readonly Dictionary<FatName, MessageRows> _rows;
    private readonly Databases _databases;
    private readonly IServiceProvider _services;
    private readonly Lazy<IReadOnlyList<Source>> _sources;
    private readonly Lazy<IReadOnlyList<MessageRows>> _tables;

    public MessageStores(Databases databases, bool createTables, IServiceProvider services)
    {
        _databases = databases;
        _services = services;
        _rows = databases.All.Select(resource => resource.Database)
            .Where(database => database is { Barrier: not null, Messages: not null })
            .ToDictionary(database => database.Name, database => new MessageRows(database, database.Barrier!, database.Messages!, createTables, services));
        _sources = new Lazy<IReadOnlyList<Source>>(Sources);
        _tables = new Lazy<IReadOnlyList<MessageRows>>(() => [.. _sources.Value.DistinctBy(source => (source.Place, source.Rows.Database.BarrierTable)).Select(source => source.Rows)]);
    }

    /// <summary>Whether there is any.</summary>
    public bool Any => _rows.Count > 0;

    /// <summary>One of each table: a database may be declared under several names.</summary>
    public IReadOnlyList<MessageRows> Tables => _tables.Value;

    public async ValueTask DisposeAsync()
    {
        foreach (var rows in _rows.Values)
            await rows.DisposeAsync().ConfigureAwait(false);
    }

    public MessageRows? Find(FatName? name) => name is { } known ? _rows.GetValueOrDefault(known) : null;

    /// <summary>Where messages go that say nothing of a database, and what is known of topics: null when no database can have any.</summary>
    public MessageRows? Default => Find(_databases.Default) ?? _rows.Values.FirstOrDefault();

    /// <summary>The database of a context.</summary>
    /// <exception cref="FatConfigurationException">It is not declared, or cannot have messages.</exception>
    public MessageRows OfContext(Type contextType)
    {
        var database = _databases.All.Select(resource => resource.Database).FirstOrDefault(database => database.ContextType?.IsAssignableFrom(contextType) == true)
            ?? throw new FatConfigurationException($"{contextType.Name} is not declared: call AddDbContext<{contextType.Name}>() behind AddFat(...).");
        return Known(database.Name);
    }

    /// <summary>The database of a connection: the first whose connections go to the same place. The only one may be reached by another name of its server, but has its own.</summary>
    /// <exception cref="FatConfigurationException">It is not declared, or cannot have messages.</exception>
    public MessageRows OfConnection(DbConnection connection)
    {
        if (FatLocalTransaction.Current is { } current && ReferenceEquals(current.Connection, connection))
            return Known(FatName.Parse(current.Database, "database name"));
        if (_sources.Value is [var only] && only.MayBeOf(connection))
            return only.Rows;
        var place = Place(connection);
        return _sources.Value.Where(source => source.Place == place).Select(source => source.Rows).FirstOrDefault()
            ?? throw new FatConfigurationException(
                $"The connection to {place} belongs to none of the declared databases that can have messages ({string.Join(", ", _rows.Keys)}): " +
                "declare it with AddDatabase or AddDbContext behind AddFat(...).");
    }

    /// <exception cref="FatConfigurationException">The database cannot have messages.</exception>
    public MessageRows Known(FatName name) => Find(name)
        ?? throw new FatConfigurationException($"Database '{name}' cannot have messages: its dialect has no barrier table (docs/databases.md).");

    private List<Source> Sources()
    {
        var sources = new List<Source>(_rows.Count);
        foreach (var rows in _rows.Values)
        {
            using var connection = rows.Database.Connect(_services);
            sources.Add(new Source(connection.GetType(), connection.Database, Place(connection), rows));
        }

        return sources;
    }

    private static string Place(DbConnection connection) => $"{connection.GetType().Name} {connection.DataSource}/{connection.Database}";

    /// <summary>Where the connections of a declared database go.</summary>
    private sealed record Source(Type Type, string Database, string Place, MessageRows Rows)
    {
        /// <summary>Another name of the server says nothing, and a wrapped connection has another type: the database's name tells, and where there is none the type.</summary>
        public bool MayBeOf(DbConnection connection) => Database is { Length: > 0 } && connection.Database is { Length: > 0 } given
            ? string.Equals(given, Database, StringComparison.OrdinalIgnoreCase)
            : connection.GetType() == Type;
    }
}
