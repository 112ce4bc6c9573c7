using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fat.Core.Tests.Groups;

/// <summary>Also two services that sign, one with a single worker, and one without a database.</summary>
public sealed class BoundaryWorld(Servers servers) : GroupWorld(servers)
{
    private const string Key = "sixteen or more characters";

    private IHost _gateway = null!;

    public Service Vault { get; private set; } = null!;

    public Service OtherVault { get; private set; } = null!;

    public Service Narrow { get; private set; } = null!;

    public IServiceProvider Gateway => _gateway.Services;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Vault = await StartAsync("vault", options => options.SigningKey = Key);
        OtherVault = await StartAsync("othervault", options => options.SigningKey = Key);
        Narrow = await StartAsync("narrow", options => options.Workers = new FatWorkerOptions { MaxConcurrent = 1, QueueCapacity = 1 });
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "gateway" });
        builder.Services.AddFat(Configure);
        _gateway = builder.Build();
        await _gateway.StartAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await _gateway.StopAsync();
        _gateway.Dispose();
        await base.DisposeAsync();
    }
}
