using Fat.Coordination;
using Fat.Hosting;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Torture.Service;

/// <summary>One instance of a service; its settings are in its environment.</summary>
internal static class ServiceProgram
{
    public const string Ready = "Application started";

    /// <summary>The service whose database is ambient; the others' are direct.</summary>
    public const string Ambient = "gamma";

    public static async Task<int> RunAsync(string service)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["Service"] = service;
        var database = new LedgerDatabase(builder.Configuration.GetConnectionString("Ledger")!);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton(database);
        builder.Services.AddSingleton<Disturbance>();
        builder.Services.AddSingleton<Peers>();
        builder.Services.AddTransient<RepeatingHandler>();
        builder.Services.AddFat(builder.Configuration, options => options.ServiceName = service)
            .AddDatabase(
                service, () => new NpgsqlConnection(database.ConnectionString),
                options => options.Enlistment = service == Ambient ? FatEnlistment.Ambient : FatEnlistment.Direct)
            .AddDatabase(
                LedgerDatabase.Held, () => new NpgsqlConnection(database.ConnectionString),
                options => (options.Enlistment, options.Held) = (FatEnlistment.Direct, true))
            .AddTransactional<ILedger, Ledger>()
            .AddSubscribers(service);
        builder.Services.AddSingleton<Messenger>();
        builder.Services.AddSingleton<Effects>();
        foreach (var other in new[] { "alpha", "beta", "gamma" })
            builder.Services.AddHttpClient(other, (services, client) => client.BaseAddress = services.GetRequiredService<Peers>().AnyOf(other)).AddHttpMessageHandler<RepeatingHandler>();
        builder.Services.AddHttpClient(Peers.Client).AddFatPropagation().AddHttpMessageHandler<RepeatingHandler>();
        Break(builder.Services, builder.Configuration.GetValue<BrokenRules>("Break"));

        var app = builder.Build();
        app.UseFat();
        app.MapTransfers();
        app.MapMessages();
        await app.RunAsync();
        return 0;
    }

    private static void Break(IServiceCollection services, BrokenRules broken) =>
        services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Broken = broken;
}
