using Fat.Bench.Commit;
using Fat.Bench.Service.TwoPhase;
using Microsoft.EntityFrameworkCore;

namespace Fat.Bench.Service;

/// <summary>One of the three services, as a process of its own.</summary>
internal static class ServiceProgram
{
    // Where the machine is busy with other things a round must not fail by a time-out.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync()
    {
        var builder = WebApplication.CreateBuilder();
        var settings = ServiceSettings.Read(builder.Configuration);
        builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Hosting.Lifetime", LogLevel.Information);
        builder.Services.AddSingleton(settings);
        builder.Services.AddDbContext<LedgerContext>(options => options.UseNpgsql(settings.Database));
        builder.Services.AddScoped<ChildServices>();
        var clients = settings.Children.Select((address, service) =>
            builder.Services.AddHttpClient(ChildServices.NameOf(service), client => client.BaseAddress = address)).ToList();
        if (settings.Mode.IsFat())
            AddFat(builder, settings, clients);
        else
            AddByHand(builder.Services);

        await using var app = builder.Build();
        if (settings.Mode.IsFat())
            app.UseFat();
        Map(app, settings.Mode);
        await CreateTablesAsync(app.Services);
        await app.RunAsync();
        return 0;
    }

    private static void AddFat(WebApplicationBuilder builder, ServiceSettings settings, List<IHttpClientBuilder> clients)
    {
        builder.Services
            .AddFat(builder.Configuration, options =>
            {
                options.ServiceName = settings.Role;
                options.Answer = settings.Mode == CommitMode.FatEarly ? FatAnswer.Early : FatAnswer.Prepared;
                options.Redis.Configuration = settings.Redis;
                options.WaitResult = Patience;
                options.WaitCommit = Patience;
            })
            .AddDbContext<LedgerContext>(configure: database => database.Held = settings.Mode == CommitMode.FatHeld)
            .AddTransactional<ILedger, Ledger>();
        clients.ForEach(client => client.AddFatPropagation());
    }

    private static void AddByHand(IServiceCollection services)
    {
        services.AddScoped<ILedger, Ledger>();
        services.AddScoped<TwoPhaseRoot>();
        services.AddScoped<TwoPhaseBranch>();
        services.AddSingleton<DecisionsCarriedOut>();
        services.AddHostedService(provider => provider.GetRequiredService<DecisionsCarriedOut>());
    }

    private static void Map(WebApplication app, CommitMode mode)
    {
        if (mode.IsFat())
            app.MapFat();
        else if (mode == CommitMode.Naive)
            app.MapNaive();
        else
            app.MapTwoPhase(behind: mode == CommitMode.Http2PcBehind);
    }

    private static async Task CreateTablesAsync(IServiceProvider services)
    {
        await using var scope = services.CreateAsyncScope();
        var context = scope.ServiceProvider.GetRequiredService<LedgerContext>();
        await context.Database.EnsureCreatedAsync();
        context.Balances.AddRange(Enumerable.Range(0, LedgerContext.Accounts).Select(id => new Account { Id = id }));
        await context.SaveChangesAsync();
    }
}
