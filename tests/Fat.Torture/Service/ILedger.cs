namespace Fat.Torture.Service;

/// <summary>The accounts of a service.</summary>
public interface ILedger
{
    /// <summary>Changes the balance and writes down for which operation, as one branch, with a message if that is wished.</summary>
    Task EnterAsync(Guid op, int leg, int account, long amount, bool publishes, CancellationToken cancellationToken);

    /// <summary>The same in a transaction that calls of the group share.</summary>
    Task EnterJoinedAsync(Guid op, int leg, int account, long amount, bool publishes, CancellationToken cancellationToken);

    /// <summary>The same in a transaction that is held open, and made again when a crash has taken it.</summary>
    Task EnterHeldAsync(Guid op, int leg, int account, long amount, bool publishes, CancellationToken cancellationToken);
}
