namespace Fat.Bench.Service;

/// <summary>The business of every service, the same under every mode.</summary>
public interface ILedger
{
    Task<Written> WriteAsync(int account, CancellationToken cancellationToken);
}
