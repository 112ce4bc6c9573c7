using System.Data.Common;
using System.Text;
using Fat.Faults;
using Fat.Protocol;

namespace Fat.Resources;

/// <summary>One database of this service: how it is reached and what it can do. Immutable once probed; thread-safe.</summary>
internal sealed class FatDatabase(
    FatName name,
    Func<IServiceProvider, DbConnection> connect,
    Type? contextType,
    FatEnlistment enlistment,
    bool held,
    string barrierTable,
    string auditTable,
    FatDialect dialect,
    Background background)
{
    private readonly OneAtATime _probing = new(background);
    private volatile DatabaseAbilities? _abilities;
    private volatile bool _isKnownToEnlist;

    public FatName Name => name;

    /// <summary>The DbContext of the method's DI scope that works on the branch's connection, or null.</summary>
    public Type? ContextType => contextType;

    /// <summary>The <see cref="LentContext{TContext}"/> of that, in the same DI scope.</summary>
    public Type? LentContextType { get; } = contextType is null ? null : typeof(LentContext<>).MakeGenericType(contextType);

    /// <summary>It is configured to hold transactions open, though it might prepare them.</summary>
    public bool IsHeld => held;

    /// <summary>Its product can prepare transactions, whether or not this server does.</summary>
    public bool Prepares { get; } = CanPrepare(dialect);

    public FatEnlistment Enlistment => enlistment;

    /// <summary>Its connections were seen to enlist in a TransactionScope.</summary>
    public bool IsKnownToEnlist
    {
        get => _isKnownToEnlist;
        set => _isKnownToEnlist = value;
    }

    public FatDialect Dialect => dialect;

    public string BarrierTable => barrierTable;

    /// <summary>The statements on its barrier table; null when it cannot hold decisions.</summary>
    public FatBarrierSql? Barrier { get; } = dialect.Barrier(barrierTable, auditTable);

    /// <summary>The statements on messages in its barrier table; null when it cannot hold any.</summary>
    public FatMessageSql? Messages { get; } = dialect.Messages(barrierTable);

    /// <summary>What the server can do; null while nobody has asked it.</summary>
    public DatabaseAbilities? KnownAbilities => _abilities;

    public Background Background => background;

    public FaultPoints Faults { get; init; } = FaultPoints.None;

    /// <summary>Whether a provider is certainly that of no DI scope.</summary>
    public Func<IServiceProvider, bool> IsOutsideOfScopes { get; init; } = static _ => false;

    /// <summary>A new closed connection.</summary>
    public DbConnection Connect(IServiceProvider services) => connect(services);

    /// <summary>What the server can do; asked of it once, when it can first be reached.</summary>
    public async ValueTask<DatabaseAbilities> AbilitiesAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (_abilities is { } known)
            return known;
        await _probing.EnterAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            return _abilities ??= await ProbeAsync(services, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            _probing.Leave();
        }
    }

    /// <summary>Why a crash of the server can take back what it has committed; null when it cannot, or when the server does not know the question's settings, as one that is only compatible.</summary>
    public Task<string?> LosesCommitsAsync(DbConnection connection, CancellationToken cancellationToken) => WhyAsync(connection, dialect.LosesCommits, cancellationToken);

    /// <summary>Why its barrier table must not be used; null when it may, is missing, or when the server does not know the question.</summary>
    public Task<string?> UnfitTableAsync(DbConnection connection, CancellationToken cancellationToken) => WhyAsync(connection, Barrier?.Unfit, cancellationToken);

    private async Task<string?> WhyAsync(DbConnection connection, string? question, CancellationToken cancellationToken)
    {
        try
        {
            return await new SqlSession(connection, transaction: null, cancellationToken).WhyAsync(question).ConfigureAwait(false);
        }
        catch (DbException exception) when (dialect.IsRefusal(exception))
        {
            // Advice only: no outcome depends on it.
            return null;
        }
    }

    /// <summary>
    /// What an exception says of this database, for the caller in another process, who does not get the exception: what object mappers have wrapped
    /// it in, the reason underneath, and what to do.
    /// </summary>
    public string Explain(Exception exception)
    {
        var text = new StringBuilder($"{exception.GetType().Name}: {exception.Message}");
        if (Failure(exception) is not { } failure)
            return text.ToString();
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
            text.Append($" {inner.GetType().Name}: {inner.Message}");
        text.Append($" (database '{name}')");
        if (dialect.Advice(failure) is { } advice)
            text.Append($" {advice}");
        return text.ToString();
    }

    /// <summary>The database's own exception, also under what an object mapper wraps around it.</summary>
    public static DbException? Failure(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is DbException failure)
                return failure;
        }

        return null;
    }

    private static bool CanPrepare(FatDialect dialect)
    {
        try
        {
            return dialect.Prepare("fat").Length > 0;
        }
        catch (NotSupportedException)
        {
            // As the base class says of products that cannot.
            return false;
        }
    }

    private async Task<DatabaseAbilities> ProbeAsync(IServiceProvider services, CancellationToken cancellationToken)
    {
        if (held)
            return new DatabaseAbilities("it is configured to hold transactions open (FatDatabaseOptions.Held).");
        var connection = connect(services);
        await using (connection.ConfigureAwait(false))
        {
            await connection.OpenAsync(cancellationToken).ConfigureAwait(false);
            return new DatabaseAbilities(await dialect.PrepareProblemAsync(connection, cancellationToken).ConfigureAwait(false))
            {
                LosesCommits = await LosesCommitsAsync(connection, cancellationToken).ConfigureAwait(false),
            };
        }
    }
}

/// <summary>What a database server can do.</summary>
/// <param name="WhyHeld">Null when it prepares transactions; else why it does not, and what to change.</param>
internal sealed record DatabaseAbilities(string? WhyHeld)
{
    public bool Durable => WhyHeld is null;

    /// <summary>Why a crash of the server can take back what it has committed; else null.</summary>
    public string? LosesCommits { get; init; }
}
