using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Dialects;

/// <summary>The three services on PostgreSQL, and one on MariaDB.</summary>
public sealed class TillWorld(Servers servers, MariaDb server, FatEnlistment enlistment = FatEnlistment.Direct) : GroupWorld(servers)
{
    public TillService Till { get; private set; } = null!;

    public override async ValueTask InitializeAsync()
    {
        await base.InitializeAsync();
        Till = await StartTillAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await StopAsync(Till);
        await base.DisposeAsync();
    }

    public async Task<TillService> StartTillAsync(Action<FatOptions>? options = null, Action<IFatBuilder>? configure = null) => await TillService.StartAsync(
        await server.CreateAsync() + ";Maximum Pool Size=10",
        settings =>
        {
            Configure(settings);
            settings.ServiceName = "till";
            options?.Invoke(settings);
        },
        configure,
        enlistment);

    /// <summary>Nothing is left open on the server.</summary>
    public async Task StopAsync(TillService till)
    {
        await UntilAsync(async () => await till.OpenAsync() == 0);
        await till.DisposeAsync();
        await UntilAsync(async () => await server.ConnectionsAsync(till.ConnectionString) == 0);
        await server.DropAsync(till.ConnectionString);
    }

    /// <summary>What health says of a till's database, as soon as it is in this state.</summary>
    public static async Task<FatHealthPart> DatabaseAsync(TillService till, FatHealthState state)
    {
        FatHealthPart? part = null;
        await UntilAsync(async () =>
        {
            part = (await till.Services.GetRequiredService<IFatHealth>().CheckAsync(TestContext.Current.CancellationToken)).Parts.Single(one => one.Name == "database:till");
            return part.State == state;
        });
        return part!;
    }

    public static async Task UntilAsync(Func<Task<bool>> holds)
    {
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        while (!await holds())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
    }
}
