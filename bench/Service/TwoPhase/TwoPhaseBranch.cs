using Microsoft.EntityFrameworkCore;
using Npgsql;

namespace Fat.Bench.Service.TwoPhase;

/// <summary>What a called service does in two-phase commit by hand.</summary>
internal sealed class TwoPhaseBranch(ILedger ledger, LedgerContext context)
{
    private const string UnknownPrepared = "42704";

    public async Task<Written> PrepareAsync(PrepareRequest wanted, CancellationToken cancellationToken)
    {
        await using var transaction = await context.Database.BeginTransactionAsync(cancellationToken);
        var written = await ledger.WriteAsync(wanted.Account, cancellationToken);
        await ExecuteAsync("PREPARE TRANSACTION", wanted.Group, wanted.Branch, cancellationToken);
        return written;
    }

    public Task<Written> CommitAsync(FinishRequest wanted, CancellationToken cancellationToken) =>
        FinishAsync("COMMIT PREPARED", wanted, cancellationToken);

    public Task<Written> RollbackAsync(FinishRequest wanted, CancellationToken cancellationToken) =>
        FinishAsync("ROLLBACK PREPARED", wanted, cancellationToken);

    private async Task<Written> FinishAsync(string verb, FinishRequest wanted, CancellationToken cancellationToken)
    {
        await context.Database.OpenConnectionAsync(cancellationToken);
        foreach (var branch in wanted.Branches)
        {
            try
            {
                await ExecuteAsync(verb, wanted.Group, branch, cancellationToken);
            }
            catch (PostgresException failure) when (failure.SqlState == UnknownPrepared)
            {
                // Finished by an earlier attempt, or never prepared.
            }
        }

        return new Written(0);
    }

    private async Task ExecuteAsync(string verb, Guid group, int branch, CancellationToken cancellationToken)
    {
        await using var command = context.Database.GetDbConnection().CreateCommand();
#pragma warning disable CA2100 // A guid and a number; the statement takes no parameters.
        command.CommandText = $"{verb} '{group}-{branch}'";
#pragma warning restore CA2100
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
