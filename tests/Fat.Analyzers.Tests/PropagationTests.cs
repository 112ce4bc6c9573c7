using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class PropagationTests
{
    private const string Endpoint = "app.MapPost(\"/orders\", [FatServiceRegister] (StockClient stock) => stock.ReserveAsync());";

    [Theory]
    [InlineData("builder.Services.{|FAT006:AddHttpClient<StockClient>|}();", Endpoint)]
    [InlineData("builder.Services.{|FAT006:AddHttpClient<StockClient>|}(client => client.BaseAddress = new Uri(\"http://stock\"));", Endpoint)]
    [InlineData("builder.Services.{|FAT006:AddHttpClient<StockClient>|}(client => client.BaseAddress = new Uri(\"https://stock.shop.svc\"));", Endpoint)]
    [InlineData("builder.Services.{|FAT006:AddHttpClient<IStock, StockClient>|}();", Endpoint)]
    [InlineData("builder.Services.{|FAT006:AddHttpClient<StockClient>|}().SetHandlerLifetime(TimeSpan.FromMinutes(1));", Endpoint)]
    [InlineData("builder.Services.AddHttpClient<Other>().AddFatPropagation(); builder.Services.{|FAT006:AddHttpClient<StockClient>|}();", Endpoint)]
    [InlineData("builder.Services.{|FAT006:AddHttpClient<StockClient>|}();", "app.MapPost(\"/orders\", Handlers.AddAsync);")]
    [InlineData("builder.Services.{|FAT006:AddHttpClient<Other>|}();", "app.MapControllers();")]
    public Task A_client_of_a_marked_method_is_reported(string registration, string use) => Check.ReportsAsync(Program(registration, use));

    [Theory]
    [InlineData("builder.Services.AddHttpClient<StockClient>().AddFatPropagation();", Endpoint)]
    [InlineData("builder.Services.AddHttpClient<StockClient>().SetHandlerLifetime(TimeSpan.FromMinutes(1)).AddFatPropagation(pinInstances: true);", Endpoint)]
    [InlineData("builder.Services.ConfigureHttpClientDefaults(client => client.AddFatPropagation()); builder.Services.AddHttpClient<StockClient>();", Endpoint)]
    [InlineData("var stock = builder.Services.AddHttpClient<StockClient>(); stock.AddFatPropagation();", Endpoint)]
    [InlineData("builder.Services.AddHttpClient<StockClient>().AddHttpMessageHandler(() => new Fat.Refit.FatPropagationHandler());", Endpoint)]
    [InlineData("builder.Services.AddHttpClient<StockClient>().AddOurs();", Endpoint)]
    [InlineData("builder.Services.AddHttpClient<StockClient>(client => client.BaseAddress = new Uri(\"https://api.bank.example.com/v1\"));", Endpoint)]
    [InlineData("builder.Services.AddHttpClient<StockClient>();", "app.MapPost(\"/orders\", (StockClient stock) => stock.ReserveAsync());")]
    [InlineData("builder.Services.AddHttpClient<StockClient>();", "app.MapPost(\"/orders\", [FatServiceRegister] () => 1);")]
    [InlineData("builder.Services.AddHttpClient(\"stock\");", Endpoint)]
    public Task What_carries_the_group_or_need_not_is_not(string registration, string use) => Check.ReportsAsync(Program(registration, use));

    [Fact]
    public Task Without_AddFat_another_project_may_do_it() => Check.ReportsAsync(Program("builder.Services.AddHttpClient<StockClient>();", Endpoint).Replace("builder.Services.AddFat();", "", StringComparison.Ordinal));

    [Theory]
    [InlineData("Fat.Refit", false)]
    [InlineData("Other.Refit", true)]
    public async Task A_referenced_project_may_set_up_all_clients(string knows, bool reported)
    {
        var company = Project.Of("public static class Defaults { public static void Add(object services) { } }", knows);
        var program = Program("Defaults.Add(builder.Services); builder.Services.AddHttpClient<StockClient>();", Endpoint);

        var found = await Compiled.FindAsync(Compiled.Of(program).AddReferences(company));

        Assert.Equal(reported ? ["FAT006"] : [], found.Select(diagnostic => diagnostic.Id));
    }

    [Theory]
    [InlineData(
        "builder.Services.{|FAT006:AddHttpClient<StockClient>|}();",
        "builder.Services.AddHttpClient<StockClient>()\n    .AddFatPropagation();")]
    [InlineData(
        "builder.Services.{|FAT006:AddHttpClient<StockClient>|}(client => client.Timeout = TimeSpan.FromSeconds(3))\n    .SetHandlerLifetime(TimeSpan.FromMinutes(1)); // Kept.",
        "builder.Services.AddHttpClient<StockClient>(client => client.Timeout = TimeSpan.FromSeconds(3))\n    .AddFatPropagation()\n    .SetHandlerLifetime(TimeSpan.FromMinutes(1)); // Kept.")]
    public Task It_is_appended_before_all_other_handlers(string before, string after) => Check.FixesAsync(Program(before, Endpoint), Program(after, Endpoint));

    private static string Program(string registration, string use) => $$"""
        using Fat;
        using Microsoft.AspNetCore.Mvc;
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddFat();
        {{registration}}
        var app = builder.Build();
        app.UseFat();
        {{use}}
        await app.RunAsync();

        public interface IStock { Task ReserveAsync(); }
        public sealed class StockClient(HttpClient http) : IStock { public Task ReserveAsync() => http.PostAsync("x", null); }
        public sealed class Other(HttpClient http) { public HttpClient Http => http; }
        {{(use.Contains("Handlers", StringComparison.Ordinal) ? "public static class Handlers { [FatServiceRegister] public static Task AddAsync(StockClient stock) => stock.ReserveAsync(); }" : "")}}
        {{(use.Contains("Controllers", StringComparison.Ordinal) ? "public sealed class OrdersController(Other other) : ControllerBase { [FatServiceRegister] public object Add() => other; }" : "")}}
        {{(registration.Contains("AddOurs", StringComparison.Ordinal) ? "public static class Ours { public static IHttpClientBuilder AddOurs(this IHttpClientBuilder client) => client.AddHttpMessageHandler(() => null!); }" : "")}}

        """;
}
