namespace Fat.Torture.Service;

/// <summary>The accounts of a service.</summary>
public interface ILedger
{
    /// <summary>Changes the balance and writes down for which operation, as one branch.</summary>
    Task EnterAsync(Guid op, int leg, int account, long amount, CancellationToken cancellationToken);
}
