using Fat.Bench.NoDatabase;

namespace Fat.Bench.Coordination;

/// <summary>A service of Fat in this process, without HTTP and on a database that takes no time.</summary>
internal sealed class CoordinationNode : IAsyncDisposable
{
    private const int LongestMilliseconds = 3_600_000;
    private static readonly FatServiceRegisterAttribute Attribute = new() { TimeoutMilliseconds = LongestMilliseconds };

    private readonly IHost _host;
    private readonly IFatScopes _scopes;

    private CoordinationNode(string name, IHost host)
    {
        Name = name;
        _host = host;
        _scopes = host.Services.GetRequiredService<IFatScopes>();
    }

    public string Name { get; }

    /// <param name="name">The name of the service.</param>
    /// <param name="redis">The registry.</param>
    /// <param name="answer">When it answers.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <param name="history">Whether ended groups are remembered for operators.</param>
    public static async Task<CoordinationNode> StartAsync(string name, string redis, FatAnswer answer, CancellationToken cancellationToken, bool history = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = name });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.Services
            .AddFat(options =>
            {
                options.ServiceName = name;
                options.Answer = answer;
                if (!history)
                    options.HistoryKept = 0;

                // Groups stay open for as long as the benchmark wants, and a held branch does not give up before.
                options.GroupTimeout = TimeSpan.FromHours(1);
                options.WaitCommit = TimeSpan.FromHours(1);
                options.WaitResult = TimeSpan.FromMinutes(1);
                options.Workers.QueueCapacity = 200_000;
                options.Redis.Configuration = $"{redis},syncTimeout=30000";
            })
            .AddDatabase("none", () => new NoConnection(), database => database.Enlistment = FatEnlistment.Direct)
            .AddTransactional<IBusiness, Business>();
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new CoordinationNode(name, host);
    }

    /// <summary>Begins a group, and ends it when the work is done.</summary>
    public async Task RootAsync(Func<CancellationToken, Task> work)
    {
        var result = await _scopes.RunAsync(
            new FatScopeRequest("root", Attribute),
            async token =>
            {
                await work(token);
                return null;
            });
        if (result.Error is not null)
            throw result.Error;
    }

    /// <summary>Calls this service from inside a group: one scope with so many branches.</summary>
    public async Task CallAsync(int branches)
    {
        var call = FatContext.BuildRemoteData(Name)!;
        FatScopeResult result;
        using (FatContext.Suppress())
            result = await _scopes.RunAsync(new FatScopeRequest("child", Attribute, call.Fields), token => WorkAsync(branches, token));
        if (result.Error is null)
            call.Answered(result.Reply);
        else
            call.Failed(result.Error.Message, result.Reply);
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            _host.Dispose();
    }

    private async Task<string?> WorkAsync(int branches, CancellationToken cancellationToken)
    {
        await using var scope = _host.Services.CreateAsyncScope();
        var business = scope.ServiceProvider.GetRequiredService<IBusiness>();
        for (var branch = 0; branch < branches; branch++)
            await business.TransactionAsync(branch, cancellationToken);
        return null;
    }
}
