using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.Dashboard.Tests.EndToEnd;

/// <summary>A service with a database of its own.</summary>
internal sealed class ShopApp(WebApplication app) : IAsyncDisposable
{
    public IServiceProvider Services => app.Services;

    public Uri Address => new(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single());

    public static async Task<ShopApp> StartAsync(
        string name, string redis, string database, Action<IServiceCollection, IFatBuilder> services, Action<WebApplication> map, CancellationToken cancellationToken)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { EnvironmentName = "Production" });
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        builder.Services.AddDbContext<ShopContext>(options => options.UseNpgsql(database));
        var fat = builder.Services.AddFat(options =>
        {
            options.ServiceName = name;
            options.Redis.Configuration = redis;
        });
        fat.AddDbContext<ShopContext>(name).AddTransactional<IShelf, Shelf>();
        services(builder.Services, fat);
        var app = builder.Build();
        app.UseFat();
        map(app);

        // Before Fat starts: EnsureCreated does nothing in a database that has a table already.
        await using (var scope = app.Services.CreateAsyncScope())
            await scope.ServiceProvider.GetRequiredService<ShopContext>().Database.EnsureCreatedAsync(cancellationToken);
        await app.StartAsync(cancellationToken);
        return new ShopApp(app);
    }

    public async ValueTask DisposeAsync()
    {
        await app.StopAsync(CancellationToken.None);
        await app.DisposeAsync();
    }
}
