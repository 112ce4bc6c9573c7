namespace Fat.Bench.NoDatabase;

/// <summary>Methods that do nothing, marked and not.</summary>
public interface IBusiness
{
    /// <summary>No attribute.</summary>
    Task<int> PlainAsync(int value, CancellationToken cancellationToken);

    /// <summary>A local transaction.</summary>
    Task<int> TransactionAsync(int value, CancellationToken cancellationToken);

    /// <summary>A local transaction around as many calls of <see cref="TransactionAsync"/>, which join it.</summary>
    Task<int> NestAsync(int calls, IBusiness inner, CancellationToken cancellationToken);
}
