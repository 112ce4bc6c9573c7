using System.Data.Common;
using Microsoft.Extensions.Configuration;

namespace Fat.Torture.Service;

/// <summary>Makes messages, and writes down in the same transaction what they are to bring about.</summary>
public sealed class Messenger(IFatMessages messages, LedgerDatabase database, IConfiguration configuration)
{
    private static readonly string[] Services = ["alpha", "beta", "gamma"];

    private string Service { get; } = configuration["Service"]!;

    /// <summary>A message of one leg of a group's operation.</summary>
    public FatMessage Moved(Guid op, int leg, out string called)
    {
        called = Services.Where(one => one != Service).ElementAt(((op.GetHashCode() & int.MaxValue) + leg) % 2);
        return New(op, leg, called, null);
    }

    internal async Task SendAsync(MessagePlan plan, CancellationToken cancellationToken)
    {
        var message = plan.Poison ? messages.New().Publish(Poisoned.Topic, new Moved(plan.Op, 0)) : New(plan.Op, 0, plan.Called, plan.Key);
        if (plan.DelayMilliseconds > 0)
            message.Delay(TimeSpan.FromMilliseconds(plan.DelayMilliseconds));
        await using var connection = database.Connect();
        await message.DoAndSubmitAsync(
            connection,
            async transaction =>
            {
                await NoteAsync(transaction.Connection!, transaction, plan.Op, 0, plan.Called, plan.Poison, message.Gid, cancellationToken);
                if (plan.Fails)
                    throw new MeantToFailException();
            },
            cancellationToken);
    }

    internal static async Task NoteAsync(
        DbConnection connection, DbTransaction? transaction, Guid op, int leg, string called, bool poison, string gid, CancellationToken cancellationToken)
    {
        await using var command = LedgerDatabase.Command(
            connection, transaction, "INSERT INTO produced (op, leg, called, poison, gid) VALUES ($1, $2, $3, $4, $5)", op, leg, called, poison, gid);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private FatMessage New(Guid op, int leg, string called, string? key)
    {
        var moved = new Moved(op, leg);
        return messages.New().Publish($"from-{Service}", moved, key).Call(called, "effects", moved);
    }
}
