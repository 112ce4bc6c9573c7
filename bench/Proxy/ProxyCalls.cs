using BenchmarkDotNet.Attributes;
using Fat.Bench.NoDatabase;

namespace Fat.Bench.Proxy;

/// <summary>The calls that are compared, outside of any group, on a database that takes no time.</summary>
[MemoryDiagnoser]
public class ProxyCalls
{
    public const int Nested = 1_000;

    private IBusiness _direct = null!;
    private ServiceProvider _services = null!;
    private IServiceScope _scope = null!;
    private IBusiness _proxied = null!;

    [GlobalSetup]
    public void Begin()
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddKeyedSingleton<IBusiness, Business>(nameof(Direct));
        services.AddFat(options => options.ServiceName = "bench")
            .UseInMemoryRegistry()
            .AddDatabase("none", () => new NoConnection(), database => database.Enlistment = FatEnlistment.Direct)
            .AddTransactional<IBusiness, Business>();
        _services = services.BuildServiceProvider();
        _direct = _services.GetRequiredKeyedService<IBusiness>(nameof(Direct));
        _scope = _services.CreateScope();
        _proxied = _scope.ServiceProvider.GetRequiredService<IBusiness>();
    }

    [GlobalCleanup]
    public async Task EndAsync()
    {
        _scope.Dispose();
        await _services.DisposeAsync();
    }

    /// <summary>The method itself.</summary>
    [Benchmark(Baseline = true)]
    public Task<int> Direct() => _direct.PlainAsync(1, CancellationToken.None);

    /// <summary>A method without an attribute on a service that is proxied for others.</summary>
    [Benchmark]
    public Task<int> UnmarkedOnProxy() => _proxied.PlainAsync(1, CancellationToken.None);

    /// <summary>The transaction that a method would begin by hand.</summary>
    [Benchmark]
    public async Task<int> TransactionByHand()
    {
        await using var connection = new NoConnection();
        await connection.OpenAsync(CancellationToken.None);
        await using var transaction = await connection.BeginTransactionAsync(CancellationToken.None);
        var result = await _direct.TransactionAsync(1, CancellationToken.None);
        await transaction.CommitAsync(CancellationToken.None);
        return result;
    }

    /// <summary>The same by the attribute.</summary>
    [Benchmark]
    public Task<int> TransactionByAttribute() => _proxied.TransactionAsync(1, CancellationToken.None);

    /// <summary>A marked method called inside a marked one joins its transaction: what is left is the proxy.</summary>
    [Benchmark(OperationsPerInvoke = Nested)]
    public Task<int> JoinedByAttribute() => _proxied.NestAsync(Nested, _proxied, CancellationToken.None);
}
