using System.Collections.Concurrent;
using Npgsql;

namespace Fat.Bench.Messages;

/// <summary>A producing service and one or two that subscribe, all in this process.</summary>
internal sealed class FatLane : ILane
{
    public const int Concurrency = 16;

    private const string Topic = "ordered";

    private readonly List<IHost> _hosts = [];
    private readonly ConcurrentDictionary<string, Arrivals> _rounds = new(StringComparer.Ordinal);
    private readonly MessageTables _producer;
    private IFatMessages _messages = null!;

    private FatLane(int groups, MessageTables producer)
    {
        Name = $"fat-{groups}";
        _producer = producer;
    }

    public string Name { get; }

    public static async Task<FatLane> StartAsync(string redis, MessageTables producer, IReadOnlyList<MessageTables> subscribers, CancellationToken cancellationToken)
    {
        var lane = new FatLane(subscribers.Count, producer);
        try
        {
            for (var number = 0; number < subscribers.Count; number++)
                await lane.HostAsync($"subscriber-{number}", redis, subscribers[number], subscribes: true, cancellationToken);
            var host = await lane.HostAsync("producer", redis, producer, subscribes: false, cancellationToken);
            lane._messages = host.Services.GetRequiredService<IFatMessages>();
            return lane;
        }
        catch
        {
            await lane.DisposeAsync();
            throw;
        }
    }

    public async Task SendAsync(Ordered ordered, Arrivals arrivals, CancellationToken cancellationToken)
    {
        _rounds.TryAdd(ordered.Text, arrivals);
        await using var connection = new NpgsqlConnection(_producer.ConnectionString);
        await _messages.New().Publish(Topic, ordered).DoAndSubmitAsync(
            connection,
            async transaction =>
            {
                await MessageTables.WriteAsync(connection, (NpgsqlTransaction)transaction, Name, ordered, cancellationToken);
                arrivals.Committing(ordered.Number);
            },
            cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _hosts.Reverse();
        foreach (var host in _hosts)
        {
            await host.StopAsync();
            if (host is IAsyncDisposable disposable)
                await disposable.DisposeAsync();
        }
    }

    private async Task<IHost> HostAsync(string service, string redis, MessageTables tables, bool subscribes, CancellationToken cancellationToken)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = service });
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true).SetMinimumLevel(LogLevel.Error);
        builder.Services.AddSingleton(new Inbox(this, tables));
        var fat = builder.Services
            .AddFat(options =>
            {
                options.ServiceName = service;
                options.Redis.Configuration = redis;
                options.Redis.KeyPrefix = Name;
            })
            .AddDatabase("written", () => new NpgsqlConnection(tables.ConnectionString), database => database.Enlistment = FatEnlistment.Direct);
        if (subscribes)
            fat.AddSubscriber<Subscriber>();
        var host = builder.Build();
        _hosts.Add(host);
        await host.StartAsync(cancellationToken);
        return host;
    }

    private sealed record Inbox(FatLane Lane, MessageTables Tables);

    private sealed class Subscriber(Inbox inbox)
    {
        [FatSubscribe(Topic, Concurrency = Concurrency)]
        public async Task HandleAsync(Ordered ordered, FatBarrier barrier, CancellationToken cancellationToken)
        {
            await using var connection = new NpgsqlConnection(inbox.Tables.ConnectionString);
            if (await barrier.CallAsync(
                connection, transaction => MessageTables.WriteAsync(connection, (NpgsqlTransaction)transaction, inbox.Lane.Name, ordered, cancellationToken), cancellationToken))
                inbox.Lane._rounds[ordered.Text].Consumed(ordered.Number);
        }
    }
}
