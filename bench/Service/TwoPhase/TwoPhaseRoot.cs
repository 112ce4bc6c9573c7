namespace Fat.Bench.Service.TwoPhase;

/// <summary>
/// The coordinator that a careful team writes by hand: prepare everywhere, decide in the own transaction, commit everywhere. What such
/// a team would also need after crashes (finding decisions that were not carried out, and branches without one) is not here and
/// would cost nothing while all goes well.
/// </summary>
internal sealed class TwoPhaseRoot(ILedger ledger, LedgerContext context, ChildServices children, DecisionsCarriedOut carriedOut)
{
    /// <param name="wanted">What the client asks for.</param>
    /// <param name="behind">Answer when the decision is durable, not when everybody has committed.</param>
    /// <param name="cancellationToken">The client's.</param>
    public async Task<Written> RunAsync(NewGroup wanted, bool behind, CancellationToken cancellationToken)
    {
        var group = Guid.CreateVersion7();
        var called = Enumerable.Range(0, wanted.Children).ToLookup(children.ServiceOf);
        Written written;
        try
        {
            for (var call = 0; call < wanted.Children; call++)
                await children.PostAsync(children.ServiceOf(call), "prepare", new PrepareRequest(group, call, wanted.Account + call), cancellationToken);
            written = await DecideAsync(group, wanted.Account, called, cancellationToken);
        }
        catch
        {
            // Rolled back. (After a lost connection during COMMIT the row would have to be read first.)
            await FinishAsync("rollback", group, called);
            throw;
        }

        var finishing = CommitAsync(group, called);
        if (!behind)
            await finishing;
        return written;
    }

    private async Task<Written> DecideAsync(Guid group, int account, ILookup<int, int> called, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var written = await ledger.WriteAsync(account, cancellationToken);
        var branches = string.Join(';', called.Select(service => $"{service.Key}:{string.Join(',', service)}"));
        context.Decisions.Add(new GroupDecision { Group = group, Branches = branches });
        await context.SaveChangesAsync(cancellationToken);
        await transaction.CommitAsync(cancellationToken);
        return written;
    }

    private async Task CommitAsync(Guid group, ILookup<int, int> called)
    {
        await FinishAsync("commit", group, called);
        carriedOut.Add(group);
    }

    /// <summary>One call to each service, whatever the number of its branches; all at once.</summary>
    private Task FinishAsync(string path, Guid group, ILookup<int, int> called) => Task.WhenAll(
        called.Select(service => children.PostAsync(service.Key, path, new FinishRequest(group, [.. service]), CancellationToken.None)));
}
