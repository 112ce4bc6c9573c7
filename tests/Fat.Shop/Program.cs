using Fat;
using Fat.Hosting;
using Fat.Shop;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

// One process of a service; its settings are in its environment.
var builder = WebApplication.CreateBuilder();
var settings = builder.Configuration;
var stops = new Stops();
if (settings["StopAt"] is { } place)
    stops.Add(place);
builder.Services.AddSingleton(stops);
builder.Services.AddSingleton<Gate>();
var fat = builder.Services.AddFat(settings);
if (settings.GetConnectionString("Shop") is { } database)
{
    if (settings.GetValue("Replay", defaultValue: true))
        fat.AddTransactional<IShelf, Shelf>();
    else
        fat.AddTransactional<IShelf, OnceShelf>();
    fat.AddDatabase(settings["Fat:ServiceName"]!, () => new NpgsqlConnection(database), options =>
    {
        options.Enlistment = FatEnlistment.Direct;
        options.Held = settings.GetValue<bool>("Held");
    });
}

builder.Services.AddHttpClient(ErrandEndpoints.Client).AddFatPropagation();
builder.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = stops;

await using var app = builder.Build();
app.UseFat();
app.MapErrands();
app.MapBackDoor();
await app.RunAsync();
