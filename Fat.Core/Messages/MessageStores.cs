using System.Collections.Concurrent;
using System.Data.Common;
using Fat.Coordination;
using Fat.Protocol;
using Fat.Resources;
using Microsoft.EntityFrameworkCore;

namespace Fat.Messages;

/// <summary>The databases of this service that can have messages. Thread-safe.</summary>
internal sealed class MessageStores : IAsyncDisposable
{
    private readonly Dictionary<FatName, MessageRows> _rows;
    private readonly ConcurrentDictionary<Type, FatName[]> _ofContexts = new();
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

    /// <summary>
    /// The database of a context, which is that of its own type before that of a type that it derives from. Its row has to be where recovery looks: a connection string may depend on the DI scope, as with a database for
    /// each tenant.
    /// </summary>
    /// <exception cref="FatConfigurationException">It is not declared, or cannot have messages, or its connection goes elsewhere.</exception>
    public MessageRows OfContext(DbContext context)
    {
        var type = context.GetType();
        if (_ofContexts.GetOrAdd(type, Declared) is not [var first, ..] declared)
            throw new FatConfigurationException($"{type.Name} is not declared: call AddDbContext<{type.Name}>() behind AddFat(...).");
        var connection = context.Database.GetDbConnection();
        if (OfBranch(connection) is { } running)
            return running;
        foreach (var name in declared)
        {
            if (Find(name) is { } rows && Leads(connection, rows))
                return rows;
        }

        throw new FatConfigurationException(
            $"The {type.Name} works at '{DatabasePlace.Of(connection.ConnectionString)}', and messages of database '{first}' are looked for at '{SourceOf(Known(first)).Home}': this one would be lost. " +
            "Declare a context of its own for each place with AddDbContext behind AddFat(...), so that its connection string does not depend on the DI scope.");
    }

    /// <summary>The database of a connection: the first whose connections go to the same place. The only one may be reached by another name of its server, but has its own.</summary>
    /// <exception cref="FatConfigurationException">It is not declared, or cannot have messages.</exception>
    public MessageRows OfConnection(DbConnection connection)
    {
        if (OfBranch(connection) is { } running)
            return running;
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

    /// <summary>That of the method whose transaction the connection has.</summary>
    private MessageRows? OfBranch(DbConnection connection) =>
        FatLocalTransaction.Current is { } current && ReferenceEquals(current.Connection, connection) ? Known(FatName.Parse(current.Database, "database name")) : null;

    /// <summary>The databases that a context's type may stand for, the nearest type first.</summary>
    private FatName[] Declared(Type contextType)
    {
        var declared = new List<FatName>();
        for (var type = contextType; type is not null; type = type.BaseType)
            declared.AddRange(_databases.All.Select(resource => resource.Database).Where(database => database.ContextType == type).Select(database => database.Name));
        return [.. declared];
    }

    private bool Leads(DbConnection connection, MessageRows rows)
    {
        var source = SourceOf(rows);
        return source.IsOf(connection) || (_sources.Value.Count == 1 && source.MayBeOf(connection));
    }

    private Source SourceOf(MessageRows rows) => _sources.Value.First(source => source.Rows == rows);

    private List<Source> Sources()
    {
        var sources = new List<Source>(_rows.Count);
        foreach (var rows in _rows.Values)
        {
            using var connection = rows.Database.Connect(_services);
            sources.Add(new Source(connection, Place(connection), rows));
        }

        return sources;
    }

    private static string Place(DbConnection connection) => $"{connection.GetType().Name} {connection.DataSource}/{connection.Database}";

    /// <summary>Where the connections of a declared database go.</summary>
    private sealed class Source(DbConnection connection, string place, MessageRows rows)
    {
        private readonly Type _type = connection.GetType();
        private readonly string _server = connection.DataSource;
        private readonly string _database = connection.Database;
        private volatile string? _looked;

        public string Place => place;

        /// <summary>As its connection string says it.</summary>
        public string Home { get; } = DatabasePlace.Of(connection.ConnectionString);

        public MessageRows Rows => rows;

        /// <summary>By the words of the connection string, or by what the driver makes of them: one of both may be told differently.</summary>
        public bool IsOf(DbConnection given)
        {
            var text = given.ConnectionString;
            if (text == _looked)
                return true;
            if (DatabasePlace.Of(text) != Home && (given.DataSource, given.Database) != (_server, _database))
                return false;
            _looked = text;
            return true;
        }

        /// <summary>Another name of the server says nothing, and a wrapped connection has another type: the database's name tells, and where there is none the type.</summary>
        public bool MayBeOf(DbConnection given) => _database is { Length: > 0 } && given.Database is { Length: > 0 } database
            ? string.Equals(database, _database, StringComparison.OrdinalIgnoreCase)
            : given.GetType() == _type;
    }
}
