using Fat.Decisions;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Coordination;

/// <summary>The databases of this service and where its decisions are kept. Immutable.</summary>
internal sealed class Databases : IAsyncDisposable
{
    private readonly Dictionary<FatName, BranchResource> _resources;
    private readonly Dictionary<FatName, IDecisionLog> _logs;

    /// <param name="resources">The databases by name.</param>
    /// <param name="logs">The decision logs by the name that travels with the context.</param>
    /// <param name="defaultDatabase">The database of methods that name none; null when there is no database.</param>
    /// <param name="decisions">Where groups that begin here are decided.</param>
    public Databases(
        IEnumerable<BranchResource> resources, IReadOnlyDictionary<FatName, IDecisionLog> logs, FatName? defaultDatabase, FatName decisions)
    {
        _resources = resources.ToDictionary(resource => resource.Database.Name);
        _logs = new Dictionary<FatName, IDecisionLog>(logs);
        Default = defaultDatabase;
        Decisions = decisions;
    }

    public FatName? Default { get; }

    public FatName Decisions { get; }

    public IReadOnlyCollection<BranchResource> All => _resources.Values;

    /// <summary>The databases that can hold decisions.</summary>
    public IEnumerable<DatabaseDecisionLog> DecisionDatabases => _logs.Values.OfType<DatabaseDecisionLog>();

    /// <summary>The database in which this service decides and keeps what operators force; null when it has none that can.</summary>
    public DatabaseDecisionLog? DecisionLog => _logs[Decisions] as DatabaseDecisionLog;

    /// <exception cref="FatConfigurationException">There is no such database.</exception>
    public BranchResource Find(string? name)
    {
        var key = name is null ? Default : FatName.TryParse(name, out var parsed) ? parsed : null;
        if (key is { } known && _resources.TryGetValue(known, out var resource))
            return resource;
        throw new FatConfigurationException(name is null
            ? "A [FatTransaction] method needs a database: call AddDbContext<T>() or AddDatabase(...) behind AddFat(...)."
            : $"There is no database '{name}'. Registered: {string.Join(", ", _resources.Keys)}.");
    }

    /// <summary>The log that a context of this service names, or null when this service has no such database (any more).</summary>
    public IDecisionLog? Log(FatName name) => _logs.GetValueOrDefault(name);

    /// <summary>What an exception says that a decision log gave, for people.</summary>
    public string Explain(FatName name, Exception exception) =>
        _resources.TryGetValue(name, out var resource) ? resource.Database.Explain(exception) : $"{exception.GetType().Name}: {exception.Message}";

    public async ValueTask DisposeAsync()
    {
        foreach (var resource in _resources.Values)
        {
            await resource.Prepared.DisposeAsync().ConfigureAwait(false);
            if (resource.Journal is { } journal)
                await journal.DisposeAsync().ConfigureAwait(false);
        }

        foreach (var log in _logs.Values.OfType<IAsyncDisposable>())
            await log.DisposeAsync().ConfigureAwait(false);
    }
}
