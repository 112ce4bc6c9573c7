using System.Collections.Immutable;
using System.Data;
using System.Globalization;
using Fat.Faults;

namespace Fat.Resources;

/// <summary>Turns a local transaction whose method has returned into a vote.</summary>
internal sealed class BranchResource(FatDatabase database, PreparedTransactions prepared, bool requireDurable, IServiceProvider services)
{
    public FatDatabase Database => database;

    public PreparedTransactions Prepared => prepared;

    public LockHolders LockHolders { get; } = new(database, services);

    /// <summary>Where held branches of this database are written down; null where nobody knows how.</summary>
    public IBranchJournal? Journal { get; init; }

    /// <summary>The call as the journal will keep it; null where it will not. Before the method runs, which may change what it was given.</summary>
    public async ValueTask<JournalledCall?> DescribeAsync(Func<int, JournalledCall>? describe, CancellationToken cancellationToken) =>
        Journal is null || describe is null || (await database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false)).Durable
            ? null
            : describe(Journal.Limit);

    /// <summary>
    /// Votes for the calls that have worked in the transaction, of which the first one names it. Null when the branch wrote nothing: it is then over, with no phase 2. When it throws, the branch has certainly not
    /// voted and is rolled back, or (a lost connection during PREPARE) recovery rolls it back, for nobody knows its vote.
    /// </summary>
    public async Task<IVotedBranch?> VoteAsync(LocalTransaction transaction, ImmutableArray<VotingCall> calls, CancellationToken cancellationToken)
    {
        var name = calls[0].Name;
        var abilities = await database.AbilitiesAsync(services, cancellationToken).ConfigureAwait(false);

        // A vote is a promise, and a held transaction that the server has given up, or will not commit, cannot keep it. PREPARE finds out by itself.
        var probe = abilities.Durable ? null : database.Dialect.FailsIfFailed;
        var question = transaction.HasWritten ? null : database.Dialect.HasWritten(transaction.Start);
        if (question is not null)
        {
            var written = await transaction.QueryAsync(probe is null ? question : $"{probe}; {question}", cancellationToken).ConfigureAwait(false);
            if (written is not null && !Convert.ToBoolean(written, CultureInfo.InvariantCulture))
            {
                await transaction.CommitAsync(cancellationToken).ConfigureAwait(false);
                return null;
            }
        }
        else if (probe is not null)
        {
            await transaction.ExecuteAsync(probe, [], cancellationToken).ConfigureAwait(false);
        }

        if (!abilities.Durable)
        {
            // A database that was away at start-up is known only now.
            if (requireDurable)
                throw new FatConfigurationException($"Database '{database.Name}' is required to be durable (Fat:RequireDurable), and {abilities.WhyHeld}");
            if (database.Dialect.MayRefuseCommit is { } refusable && Convert.ToBoolean(await transaction.QueryAsync(refusable, cancellationToken).ConfigureAwait(false), CultureInfo.InvariantCulture))
                throw new FatConfigurationException(RefusableCommit(abilities.WhyHeld!));

            // A method that only reads leaves nothing that could be lost, and may not be able to write.
            var journal = transaction.Start.ReadOnly || calls.Any(call => call.Description is null) ? null : Journal;
            if (journal is not null)
            {
                foreach (var call in calls)
                    await journal.WriteAsync(transaction, call.Name, call.Description!, cancellationToken).ConfigureAwait(false);
            }

            return new HeldTransaction(transaction, [.. calls.Select(call => call.Name)], journal);
        }

        await database.Faults.BeforeAsync(FaultPoint.Prepare, name.Gid).ConfigureAwait(false);
        await transaction.PrepareAsync(PrepareStatement(transaction, name), cancellationToken).ConfigureAwait(false);
        await database.Faults.AfterAsync(FaultPoint.Prepare, name.Gid).ConfigureAwait(false);
        await transaction.DetachAsync().ConfigureAwait(false);
        return new PreparedTransaction(prepared, name);
    }

    private string RefusableCommit(string whyHeld) =>
        $"A branch on database '{database.Name}' cannot vote with isolation level {nameof(IsolationLevel.Serializable)}: it would be held until the decision, and {database.Dialect.Product} may refuse its COMMIT even then. " +
        $"Ask for {nameof(IsolationLevel.RepeatableRead)}, begin the group in this service so that the branch carries the decision, or make the database durable: {whyHeld}";

    /// <summary>PREPARE in a transaction that has failed rolls back and says nothing; without the question before it, that is asked along with it.</summary>
    private string PrepareStatement(LocalTransaction transaction, PreparedName name)
    {
        var prepare = database.Dialect.Prepare(name.ToString());
        return transaction.HasWritten && database.Dialect.FailsIfFailed is { } probe ? $"{probe}; {prepare}" : prepare;
    }
}
