using System.Data.Common;
using Fat.Journal;
using Fat.Recovery;
using Fat.Resources;

namespace Fat.Health;

/// <summary>Looks at one database over a connection of its own: a pool that is full of waiting work says nothing of the server.</summary>
internal sealed class DatabaseLook(BranchResource resource, IServiceProvider services)
{
    private readonly FatDatabase _database = resource.Database;

    public async Task<DatabaseSight> LookAsync(CancellationToken cancellationToken)
    {
        var reserved = new ReservedConnection(_database, services);
        await using (reserved.ConfigureAwait(false))
        {
            var sight = await reserved.OnceAsync(AskAsync, cancellationToken).ConfigureAwait(false);
            return resource.Journal is BranchJournal journal ? await CountAsync(journal, sight, cancellationToken).ConfigureAwait(false) : sight;
        }
    }

    /// <summary>Asked anew: what was true when the process started may have changed with a restart of the server.</summary>
    private async Task<DatabaseSight> AskAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        // A pool may hand out a connection that nobody has asked anything for long.
        var session = new SqlSession(connection, transaction: null, cancellationToken);
        await session.ReadAsync("SELECT 1", static row => row.GetValue(0)).ConfigureAwait(false);
        if (_database.Dialect.TakesNoWrites is { } question && await session.IsTrueAsync(question).ConfigureAwait(false))
            return new DatabaseSight(WhyHeld: null, []) { TakesNoWrites = true };
        var sight = new DatabaseSight(WhyHeld: null, [])
        {
            LosesCommits = await _database.LosesCommitsAsync(connection, cancellationToken).ConfigureAwait(false),
            UnfitTable = await _database.UnfitTableAsync(connection, cancellationToken).ConfigureAwait(false),
        };
        if (_database.IsHeld)
            return sight;
        var why = await _database.Dialect.PrepareProblemAsync(connection, cancellationToken).ConfigureAwait(false);
        return why is null
            ? sight with { InDoubt = await InDoubtSearch.ListAsync(_database, connection, cancellationToken).ConfigureAwait(false) }
            : sight with { WhyHeld = why };
    }

    private static async Task<DatabaseSight> CountAsync(BranchJournal journal, DatabaseSight sight, CancellationToken cancellationToken)
    {
        try
        {
            return await journal.IsKeptAsync(cancellationToken).ConfigureAwait(false)
                ? sight with { Incidents = await journal.Incidents.CountOpenAsync(cancellationToken).ConfigureAwait(false) }
                : sight;
        }
        catch (DbException exception)
        {
            // The database itself is there: only the number is not known.
            return sight with { Incidents = null, CountProblem = exception.Message };
        }
    }
}

/// <summary>What was seen of a database.</summary>
/// <param name="WhyHeld">Why it does not prepare transactions, though it is not configured so; else null.</param>
/// <param name="InDoubt">What is prepared there, oldest first.</param>
internal sealed record DatabaseSight(string? WhyHeld, IReadOnlyList<InDoubtBranch> InDoubt)
{
    /// <summary>It answers, and refuses whatever a branch would write. What is prepared there was not asked.</summary>
    public bool TakesNoWrites { get; init; }

    /// <summary>Why a crash of the server can take back what it has committed; else null.</summary>
    public string? LosesCommits { get; init; }

    /// <summary>Why its barrier table must not be used; else null.</summary>
    public string? UnfitTable { get; init; }

    /// <summary>Open incidents; null when they could not be counted.</summary>
    public long? Incidents { get; init; } = 0;

    /// <summary>Why they could not; else null.</summary>
    public string? CountProblem { get; init; }
}
