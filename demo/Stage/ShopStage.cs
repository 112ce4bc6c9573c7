using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Demo.Reporting;
using Demo.Shop;
using Fat.TestServers;

namespace Demo.Stage;

/// <summary>Everything that runs: the registry, PostgreSQL with three databases, and three services.</summary>
internal sealed class ShopStage : IAsyncDisposable
{
    /// <summary>Where collectors listen for OTLP over gRPC; everywhere else it is sent over HTTP.</summary>
    private const int GrpcPort = 4317;

    private readonly Stack<IAsyncDisposable> _started = new();
    private readonly Terminal _terminal;
    private readonly Uri? _collector;

    private ShopStage(Terminal terminal, Uri? collector)
    {
        _terminal = terminal;
        _collector = collector;
    }

    public ShopRegistry Registry { get; private set; } = null!;

    public ServiceProcess Orders { get; private set; } = null!;

    public ServiceProcess Stock { get; private set; } = null!;

    public ServiceProcess Accounts { get; private set; } = null!;

    /// <summary>What the databases hold, read behind the services' backs.</summary>
    public ShopDatabases Databases { get; private set; } = null!;

    /// <summary>The services, as their clients see them.</summary>
    public ShopClient Client { get; private set; } = null!;

    public IEnumerable<ServiceProcess> Services => [Orders, Stock, Accounts];

    /// <summary>Starts everything and returns when everything answers.</summary>
    public static async Task<ShopStage> SetAsync(Terminal terminal, Uri? collector, CancellationToken cancellationToken)
    {
        var stage = new ShopStage(terminal, collector);
        try
        {
            await stage.StartServersAsync(cancellationToken);
            await stage.StartServicesAsync(cancellationToken);
            await stage.WarmUpAsync(cancellationToken);
            return stage;
        }
        catch
        {
            await stage.DisposeAsync();
            throw;
        }
    }

    /// <summary>Where everything can be reached, for people.</summary>
    public IEnumerable<string> Addresses()
    {
        yield return $"{"Orders",-12}{Orders.Address}orders";
        yield return $"{"Stock",-12}{Stock.Address}items";
        yield return $"{"Accounts",-12}{Accounts.Address}accounts";
        yield return $"{"Dashboard",-12}{Orders.Address}fat/";
        yield return $"{"Registry",-12}{Registry.Address}";
        foreach (var database in Databases.Addresses)
            yield return $"{"PostgreSQL",-12}{database}";
        yield return $"{"An order",-12}curl {Orders.Address}orders --json '{{\"number\":\"{Guid.NewGuid()}\",\"item\":\"tea\",\"quantity\":3,\"account\":\"ada\"}}'";
    }

    /// <summary>Stops what was started, the last first; what cannot be stopped does not keep the rest up.</summary>
    public async ValueTask DisposeAsync()
    {
        while (_started.TryPop(out var started))
        {
            try
            {
                await started.DisposeAsync();
            }
            catch (Exception failure)
            {
                _terminal.Bad($"Not stopped in order: {failure.Message}");
            }
        }
    }

    private async Task StartServersAsync(CancellationToken cancellationToken)
    {
        _terminal.Title("Setting the stage");
        var clock = Stopwatch.StartNew();
        Registry = new ShopRegistry(await RegistryServer.StartAsync(report: Step, cancellationToken: cancellationToken));
        _started.Push(Registry);
        Report("Registry", $"{Registry.Origin}: {Registry.Address}", clock);

        clock.Restart();
        Databases = await ShopDatabases.CreateAsync(
            await DatabaseServer.StartAsync(report: Step, cancellationToken: cancellationToken), cancellationToken);
        _started.Push(Databases);
        Report("PostgreSQL", $"{Databases.Origin}: {Databases.Address}", clock);

        void Step(string step) => _terminal.Progress($"  {step}", lasting: true);
    }

    private async Task StartServicesAsync(CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        var settings = new Dictionary<string, string?>(StringComparer.Ordinal)
        {
            ["Fat__Redis__Configuration"] = Registry.ConnectionString,
            ["Fat__Redis__KeyPrefix"] = Registry.KeyPrefix,
            ["Fat__SigningKey"] = RandomNumberGenerator.GetHexString(32),
            ["Wire__Port"] = FreePort.Next().ToString(CultureInfo.InvariantCulture),

            // Pauses that one can watch; those that are meant for work are longer.
            ["Fat__Messages__RetryInterval"] = "00:00:00.4",

            // Fat's own lines tell what happens; without the stack traces of failures that the scenarios want.
            ["Logging__LogLevel__Fat.AspNetCore"] = "Error",
            ["Logging__LogLevel__Microsoft.EntityFrameworkCore"] = "Critical",
            ["Logging__Console__FormatterName"] = "simple",
            ["Logging__Console__FormatterOptions__SingleLine"] = "true",
        };
        if (_collector is not null)
        {
            settings["OTEL_EXPORTER_OTLP_ENDPOINT"] = _collector.ToString();
            settings["OTEL_EXPORTER_OTLP_PROTOCOL"] = _collector.Port == GrpcPort ? "grpc" : "http/protobuf";
            _terminal.Line($"  {"Telemetry",-12}goes to {_collector}");
        }

        Accounts = Describe("Accounts", settings);
        Stock = Describe("Stock", settings, Accounts);
        Orders = Describe("Orders", settings, Stock, Accounts);
        await Task.WhenAll(Services.Select(service => service.StartAsync(cancellationToken)));
        foreach (var service in Services)
            Report(service.Name, $"{service.Address} process {service.ProcessId}", clock);
        Client = new ShopClient(Orders.Address, Stock.Address, Accounts.Address);
        _started.Push(Client);
    }

    /// <summary>The first order compiles the code that all others run.</summary>
    private async Task WarmUpAsync(CancellationToken cancellationToken)
    {
        await Client.FillAsync(cancellationToken);
        _terminal.Line($"  {"Warm-up",-12}first order: {await Client.PlaceAsync("orders", NewOrder.Ordinary(), cancellationToken)}");
    }

    private ServiceProcess Describe(string name, Dictionary<string, string?> common, params ServiceProcess[] called)
    {
        var settings = new Dictionary<string, string?>(common, StringComparer.Ordinal)
        {
            [$"ConnectionStrings__{name}"] = Databases.ForService(name),
        };
        foreach (var service in called)
            settings[$"Services__{service.Name}"] = settings[$"Fat__Messages__Services__{service.Name}"] = service.Address.ToString();
        var process = new ServiceProcess(name, settings);
        _started.Push(process);
        return process;
    }

    private void Report(string what, string where, Stopwatch clock) =>
        _terminal.Line($"  {what,-12}{where}  ({clock.Elapsed.TotalSeconds:0.0} s)");
}
