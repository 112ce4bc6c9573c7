using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>A service with the real core, on Kestrel, without a database; it calls other services under their names.</summary>
internal static class RealService
{
    public static Task<TestApp> StartAsync(
        string name, Action<WebApplication> map, Action<FatOptions>? configure = null, Action<WebApplication>? before = null,
        params (string Name, TestApp App)[] calls) => TestApp.StartAsync(
        Server.Kestrel,
        app =>
        {
            before?.Invoke(app);
            app.UseFat();
            map(app);
        },
        services =>
        {
            services.AddFat(options =>
            {
                options.ServiceName = name;
                configure?.Invoke(options);
            }).UseInMemoryRegistry();
            foreach (var (called, app) in calls)
                services.AddHttpClient(called, http => http.BaseAddress = app.Client.BaseAddress).AddFatPropagation();
        });
}
