namespace Fat.Bench.NoDatabase;

/// <summary>Does nothing: what a call costs is then the way to it.</summary>
public sealed class Business : IBusiness
{
    private static readonly Task<int> Done = Task.FromResult(1);

    public Task<int> PlainAsync(int value, CancellationToken cancellationToken) => Done;

    [FatTransaction]
    public Task<int> TransactionAsync(int value, CancellationToken cancellationToken) => Done;

    [FatTransaction]
    public async Task<int> NestAsync(int calls, IBusiness inner, CancellationToken cancellationToken)
    {
        var sum = 0;
        for (var call = 0; call < calls; call++)
            sum += await inner.TransactionAsync(call, cancellationToken);
        return sum;
    }
}
