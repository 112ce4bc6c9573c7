using System.Collections.Concurrent;
using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Shop;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fat.Core.Tests.Incidents;

/// <summary>Who is told of incidents, how often, and in which order.</summary>
public sealed class IncidentNewsTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_webhook_sees_every_event_as_it_is_recorded_though_its_receiver_was_away()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        receiver.Refusals = 3;
        await using var world = await HeldWorld.StartAsync(servers, options => Webhook(options, receiver));
        var (id, lost) = (world.NextId(), false);
        world.Outside.DoAsync = _ =>
        {
            var fails = lost;
            lost = !lost;
            return fails ? throw new InvalidOperationException("Not at once.") : Task.CompletedTask;
        };
        var replayed = await world.LoseAsync(async deposits => await deposits.PutAndCallAsync(id, "called"));
        await world.IncidentAsync(replayed, FatIncidentState.Replayed);

        var recorded = await world.Safe.QueryAsync<string>(WebhookReceiver.Recorded());
        await LostBranchWorld.UntilAsync(() => Task.FromResult(receiver.Lines), recorded!);
        await LostBranchWorld.UntilAsync(() => world.Safe.QueryAsync<long>("SELECT count(*) FROM fat_journal_events WHERE told_time IS NULL"), 0);

        Assert.Equal(["opened", "failed", "replayed"], receiver.Taken.Select(taken => taken.GetProperty("kind").GetString()));
        Assert.Equal(3, receiver.Refused);
        Assert.All(receiver.Taken, taken => Assert.True(taken.GetProperty("at").TryGetDateTimeOffset(out _)));
        Assert.DoesNotContain("called", receiver.Lines, StringComparison.Ordinal);
    }

    [Fact]
    public async Task It_sees_them_across_crashes()
    {
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await LostBranchWorld.StartAsync(servers, ("Fat__Webhook__Url", receiver.Url), ("Fat__Webhook__Secret", WebhookReceiver.Secret));
        await world.CommitUpToAsync(FaultPoint.CommitHeld, Side.Before);
        await world.KillAsync(FaultPoint.CommitHeld, Side.Before);
        await world.Vault.StartAsync(LostBranchWorld.At(FaultPoint.OpenIncident, Side.After), Stop);
        await world.Vault.ReachedAsync(FaultPoint.OpenIncident, Side.After, Stop);
        await world.KillAsync(FaultPoint.OpenIncident, Side.After);
        await world.Vault.StartAsync(LostBranchWorld.At(FaultPoint.Replay, Side.After), Stop);
        await world.Vault.ReachedAsync(FaultPoint.Replay, Side.After, Stop);
        await world.KillAsync(FaultPoint.Replay, Side.After);
        await world.Vault.StartAsync(null, Stop);

        var recorded = await world.Vault.TextAsync(WebhookReceiver.Recorded(), Stop);
        await LostBranchWorld.UntilAsync(() => Task.FromResult(receiver.Lines), recorded!);
        Assert.Equal("opened replayed", await world.EventsAsync());
    }

    [Fact]
    public async Task Handlers_are_told_in_the_order_of_what_happened_until_all_have_returned()
    {
        var heard = new Heard { Failures = 2 };
        await using var world = await HeldWorld.StartAsync(servers, configure: fat =>
        {
            fat.Services.AddSingleton(heard);
            fat.AddIncidentHandler<Handler>().AddIncidentHandler<Handler>();
        });
        var gid = await world.LoseAsync(deposits => deposits.PutOnceAsync(world.NextId(), "once"));
        var open = await world.IncidentAsync(gid, FatIncidentState.Open);
        await world.Admin.CloseIncidentAsync(gid, open.Branch, open.Version, "me", "note", Stop);
        await LostBranchWorld.UntilAsync(() => world.Safe.QueryAsync<long>("SELECT count(*) FROM fat_journal_events WHERE told_time IS NULL"), 0);

        // The second of two fails twice, so the first hears it three times.
        Assert.Equal("Opened Opened Opened Opened Closed Closed", string.Join(' ', heard.Events.Select(one => one.Kind)));
        Assert.Equal(2, heard.Events.Select(one => one.Id).Distinct().Count());
    }

    [Fact]
    public async Task A_webhook_that_has_taken_an_event_is_not_sent_it_again_while_a_handler_fails()
    {
        var heard = new Heard { Failures = 2 };
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await HeldWorld.StartAsync(servers, options => Webhook(options, receiver), fat =>
        {
            fat.Services.AddSingleton(heard);
            fat.AddIncidentHandler<Handler>().AddIncidentHandler<Handler>();
        });
        var gid = await world.LoseAsync(deposits => deposits.PutOnceAsync(world.NextId(), "once"));
        var open = await world.IncidentAsync(gid, FatIncidentState.Open);
        await world.Admin.CloseIncidentAsync(gid, open.Branch, open.Version, "me", "note", Stop);
        await LostBranchWorld.UntilAsync(() => world.Safe.QueryAsync<long>("SELECT count(*) FROM fat_journal_events WHERE told_time IS NULL"), 0);

        Assert.Equal(["opened", "closed"], receiver.Taken.Select(taken => taken.GetProperty("kind").GetString()));
        Assert.Equal(6, heard.Events.Count);
    }

    [Fact]
    public async Task A_branch_that_is_in_doubt_for_long_is_told_of_once()
    {
        var heard = new Heard();
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await HeldWorld.StartAsync(
            servers,
            options =>
            {
                Webhook(options, receiver);
                options.InDoubtAlert = TimeSpan.FromMilliseconds(500);
                options.WaitCommit = TimeSpan.FromSeconds(30);
            },
            fat =>
            {
                fat.Services.AddSingleton(heard);
                fat.AddIncidentHandler<Handler>();
            });
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(world.NextId(), token);
            await world.Safe.CallAsync((_, _) => world.DepositAsync(deposits => deposits.PutOnceAsync(world.NextId(), "waits")));
            await LostBranchWorld.UntilAsync(() => Task.FromResult((heard.Events.Count, receiver.Taken.Count)), (1, 1));
            await Task.Delay(TimeSpan.FromMilliseconds(300), TimeProvider.System, token);
        });

        Assert.Null(result.Error);
        await world.NothingLeftAsync();
        var told = Assert.Single(heard.Events);
        Assert.Equal((FatIncidentEventKind.InDoubt, result.Gid, "safe", "Deposits.PutOnceAsync"), (told.Kind, told.Gid, told.Database, told.Method));
        Assert.Equal("inDoubt", Assert.Single(receiver.Taken).GetProperty("kind").GetString());
    }

    [Theory]
    [InlineData("ftp://somewhere/")]
    [InlineData("not an address")]
    public async Task An_address_that_is_not_of_HTTP_is_refused_at_start_up(string url) =>
        Assert.Contains("Fat:Webhook:Url", (await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(options => options.Webhook.Url = url))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_short_secret_is_refused_at_start_up() =>
        Assert.Contains("Fat:Webhook:Secret", (await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(options => options.Webhook.Secret = "short"))).Message, StringComparison.Ordinal);

    private async Task StartAsync(Action<FatOptions> options)
    {
        var world = new GroupWorld(servers);
        await using var starting = world;
        await world.StartAsync("safe", options);
    }

    private static void Webhook(FatOptions options, WebhookReceiver receiver)
    {
        options.Webhook.Url = receiver.Url;
        options.Webhook.Secret = WebhookReceiver.Secret;
    }

    /// <summary>What handlers were told.</summary>
    public sealed class Heard
    {
        private int _told;

        public int Failures { get; init; }

        public ConcurrentQueue<FatIncidentEvent> Events { get; } = new();

        /// <summary>Every second one fails, as often as it is to.</summary>
        public void Tell(FatIncidentEvent happened)
        {
            if (++_told % 2 == 0 && _told <= Failures * 2)
                throw new InvalidOperationException("I did not listen.");
            Events.Enqueue(happened);
        }
    }

    private sealed class Handler(Heard heard) : IFatIncidentHandler
    {
        public Task HandleAsync(FatIncidentEvent happened, CancellationToken cancellationToken)
        {
            heard.Tell(happened);
            return Task.CompletedTask;
        }
    }
}
