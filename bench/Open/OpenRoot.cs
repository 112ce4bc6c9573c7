namespace Fat.Bench.Open;

/// <summary>The service that begins the groups, in this process: it has no database, and decides in the registry.</summary>
internal sealed class OpenRoot : IAsyncDisposable
{
    private const string Child = "child";
    private const int LongestMilliseconds = 3_600_000;
    private static readonly FatServiceRegisterAttribute Attribute = new() { TimeoutMilliseconds = LongestMilliseconds };

    private readonly IHost _host;
    private readonly IFatScopes _scopes;
    private readonly HttpClient _child;

    private OpenRoot(IHost host)
    {
        _host = host;
        _scopes = host.Services.GetRequiredService<IFatScopes>();
        _child = host.Services.GetRequiredService<IHttpClientFactory>().CreateClient(Child);
    }

    public static async Task<OpenRoot> StartAsync(string redis, Uri child, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "opener" });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddFat(options =>
        {
            options.Redis.Configuration = redis;
            options.WaitCommit = TimeSpan.FromMinutes(1);
        });
        builder.Services.AddHttpClient(Child, client => client.BaseAddress = child).AddFatPropagation();
        var host = builder.Build();
        await host.StartAsync(cancellationToken);
        return new OpenRoot(host);
    }

    /// <summary>A group with one branch in the called service; ends when it is decided.</summary>
    /// <param name="account">The row that it writes.</param>
    /// <param name="called">What is waited for before the group is decided.</param>
    public async Task GroupAsync(int account, Func<Task> called)
    {
        var result = await _scopes.RunAsync(
            new FatScopeRequest("open", Attribute),
            async token =>
            {
                using var response = await _child.PostAsJsonAsync("parts", new Service.NewPart(account), token);
                response.EnsureSuccessStatusCode();
                await called();
                return null;
            });
        if (result.Error is not null)
            throw result.Error;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        if (_host is IAsyncDisposable disposable)
            await disposable.DisposeAsync();
        else
            _host.Dispose();
    }
}
