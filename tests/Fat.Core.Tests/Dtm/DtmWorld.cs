using System.Globalization;
using Fat.Core.Tests.Messages;
using Fat.Core.Tests.World;
using Fat.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Npgsql;

namespace Fat.Core.Tests.Dtm;

/// <summary>A service that is a DTM server, the branches that it calls, and a producer with a database of its own.</summary>
public sealed class DtmWorld(Servers servers) : GroupWorld(servers)
{
    public static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);
    public static readonly TimeSpan TimeoutToFail = TimeSpan.FromSeconds(1);

    private static int _number;

    public CalledService Called { get; private set; } = null!;

    public Service Dtm { get; private set; } = null!;

    /// <summary>What the server's durable writes and messages meet.</summary>
    internal Strikes Strikes { get; } = new();

    public IFatDtmServer Server => Dtm.Services.GetRequiredService<IFatDtmServer>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public override async ValueTask InitializeAsync()
    {
        Called = await CalledService.StartAsync();
        await base.InitializeAsync();
        Dtm = await StartServerAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        foreach (var open in await Server.ListAsync(cancellationToken: CancellationToken.None))
            await Server.ForceStopAsync(open.Gid, CancellationToken.None);
        await base.DisposeAsync();
        await Called.DisposeAsync();
        GC.SuppressFinalize(this);
    }

    /// <summary>One more instance.</summary>
    public Task<Service> StartServerAsync() => StartAsync("dtm", options => options.ShutdownTimeout = TimeSpan.FromMilliseconds(200), fat =>
    {
        fat.AddDtmServer().AddMessageAlertHandler<Alarm>();
        fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = Strikes;
    });

    /// <summary>The instance that the test began with is stopped; another one is looked at from now on.</summary>
    public void Takes(Service other) => Dtm = other;

    public static string NextGid() => $"g{Environment.ProcessId}-{Interlocked.Increment(ref _number)}";

    public string Url(string path) => $"{Called.Address}/{path}";

    /// <summary>A transaction whose steps are called at paths under its gid: <c>/gid/a</c>, and <c>/gid/a-back</c> in a saga.</summary>
    public FatDtmRequest Request(string kind, string gid, params string[] steps) => new()
    {
        Gid = gid,
        TransType = kind,
        Steps = [.. steps.Select(step => Step(kind, gid, step))],
        Payloads = [.. steps.Select(step => $$"""{"step":"{{step}}"}""")],
    };

    public void AnswerStep(string gid, string step, params (int Status, string Body)[] answers)
    {
        var number = -1;
        Called.Answers[$"/{gid}/{step}"] = _ => Task.FromResult(answers[Math.Min(Interlocked.Increment(ref number), answers.Length - 1)]);
    }

    /// <summary>What was called, in order, as <c>step</c> and <c>step-back</c>.</summary>
    public IReadOnlyList<string> Calls(string gid) =>
        [.. Called.Requests.Where(request => request.Query.GetValueOrDefault("gid") == gid).Select(request => request.Path[(gid.Length + 2)..])];

    /// <summary>Lets a producer answer whether its local transaction has committed, with the barrier of its database.</summary>
    public void AnswerPrepared(string gid, Service producer) => Called.Answers[$"/{gid}/prepared"] = async request =>
    {
        await using var connection = new NpgsqlConnection(producer.ConnectionString);
        Assert.True(FatBarrier.TryParse(request.Query.GetValueOrDefault, out var barrier));
        return await barrier.QueryPreparedAsync(connection, Stop) ? (200, "SUCCESS") : (409, "FAILURE");
    };

    public Task<FatDtmTransaction> UntilAsync(string gid, string status) => UntilAsync(gid, transaction => transaction.Status == status);

    public async Task<FatDtmTransaction> UntilAsync(string gid, Func<FatDtmTransaction, bool> holds)
    {
        FatDtmTransaction? last = null;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        try
        {
            while (true)
            {
                last = await Server.FindAsync(gid, deadline.Token);
                if (last is not null && holds(last))
                    return last;
                await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
            }
        }
        catch (OperationCanceledException exception) when (!Stop.IsCancellationRequested)
        {
            throw new TimeoutException($"{gid} is {last} [{string.Join(", ", last?.Branches.AsEnumerable() ?? [])}]; called: {string.Join(" ", Calls(gid))}.", exception);
        }
    }

    /// <summary>The end of the work is told behind the end of the transaction.</summary>
    public async Task NothingQueuedAsync()
    {
        await using var redis = await Servers.Redis.ConnectAsync();
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (Convert.ToInt64(await redis.ExecuteAsync(["EXISTS", $"{KeyPrefix}:q:{{dtm/dtm}}:pieces"], deadline.Token), CultureInfo.InvariantCulture) > 0)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
    }

    /// <summary>Redis loses all that it has of these services.</summary>
    public async Task LoseRedisAsync()
    {
        await using var redis = await Servers.Redis.ConnectAsync();
        var script = $"local keys = redis.call('KEYS', '{KeyPrefix}:*') for _, key in ipairs(keys) do redis.call('DEL', key) end return #keys";
        await redis.ExecuteAsync(["EVAL", script, "0"]);
    }

    protected override void Configure(FatOptions options)
    {
        base.Configure(options);
        options.Messages.TimeoutToFail = TimeoutToFail;
        options.Messages.RetryInterval = RetryInterval;
        options.Messages.Lease = TimeSpan.FromSeconds(2);
    }

    private Dictionary<string, string?> Step(string kind, string gid, string step)
    {
        var urls = new Dictionary<string, string?> { ["action"] = Url($"{gid}/{step}") };
        if (kind == "saga")
            urls["compensate"] = Url($"{gid}/{step}-back");
        return urls;
    }
}
