using System.Collections.Concurrent;
using System.Diagnostics;
using Fat.Core.Tests.Administration;
using Fat.Core.Tests.Dtm;
using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.Messages;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.Core.Tests.Security;

/// <summary>Nothing confidential leaves towards people, and everything else is as it was: stored, delivered, run again.</summary>
public sealed class RedactionTests(Servers servers)
{
    private const string Secret = "4111-1111";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_are_shown_without_what_their_failures_quote()
    {
        var log = new LogLines();
        await using var world = new RedactedWorld(servers);
        var orders = await world.StartAsync("orders", configure: fat => Redact(fat, log));
        var statuses = new ConcurrentQueue<string?>();
        var gid = string.Empty;
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == "Fat",
            Sample = (ref _) => ActivitySamplingResult.AllData,
            ActivityStopped = activity =>
            {
                if ((string?)activity.GetTagItem("fat.gid") == gid)
                    statuses.Enqueue(activity.StatusDescription);
            },
        };
        ActivitySource.AddActivityListener(listener);

        var result = await orders.RootAsync(async (items, token) =>
        {
            gid = FatContext.Current!.Gid;
            await items.AddAsync(world.NextId(), token);
            throw new InvalidOperationException($"Card {Secret} is stolen.");
        });

        // The application itself gets all of it.
        Assert.Contains(Secret, Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
        var monitor = orders.Services.GetRequiredService<IFatMonitor>();
        FatGroupHistory? past;
        while ((past = await monitor.FindGroupAsync(gid, Stop)) is null)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        Hidden(past.Group.Abort!.Reason);
        Hidden((await monitor.ListGroupsAsync(new FatGroupQuery { Service = "orders" }, Stop)).Items.Single(group => group.Gid == gid).Abort!.Reason);
        Hidden((await monitor.CountAsync("orders", FatCountStep.Hour, 2, Stop)).SelectMany(count => count.Aborts).Single().Abort.Reason);
        var admin = orders.Services.GetRequiredService<IFatAdmin>();
        Hidden((await admin.ListEndedAsync(cancellationToken: Stop)).Items.Where(group => group.Gid == gid).Select(group => group.Abort?.Reason).FirstOrDefault() ?? "#");
        Hidden(Assert.Single(log.Lines, line => line.StartsWith("Information 202 ", StringComparison.Ordinal)));
        Hidden(Assert.Single(statuses, status => status is not null)!);
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Messages_are_shown_without_their_payloads_and_delivered_with_them()
    {
        var (log, alerts, id) = (new LogLines(), new ConcurrentQueue<FatMessageAlert>(), MessageWorld.NextOrder());
        Shipping.Failing[id] = $"No truck for {Secret}.";
        await using var world = new RedactedWorld(servers);
        var orders = await world.StartAsync("orders", Quick, fat => Redact(fat, log));
        var shipping = await world.StartAsync("shipping", Quick, fat =>
        {
            fat.Services.AddSingleton(alerts);
            Redact(fat, log).AddSubscriber<Shipping>().AddMessageAlertHandler<Kept>();
        });
        var gid = await MessageWorld.OrderAsync(orders, id, message => message.Publish(Shipping.Topic, new Ordered(id, Secret)));

        var failed = await MessageWorld.UntilAsync(orders, gid, FatMessageState.Failed);
        var branch = Assert.Single(failed.Branches);
        Hidden(branch.Payload!);
        Hidden(branch.Reason!);
        Hidden((await MessageWorld.Admin(orders).ListAsync(FatMessageState.Failed, cancellationToken: Stop)).Single(message => message.Gid == gid).Branches[0].Payload!);
        while (alerts.IsEmpty)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
        Assert.All(alerts, alert => Hidden(alert.Reason));
        Assert.Equal(
            (2, 1),
            (log.Lines.Count(line => line.StartsWith("Warning 910 ", StringComparison.Ordinal)), log.Lines.Count(line => line.StartsWith("Error 912 ", StringComparison.Ordinal))));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));

        // What is stored is what was sent.
        Shipping.Failing.TryRemove(id, out _);
        await MessageWorld.Admin(orders).RetryNowAsync(gid, cancellationToken: Stop);
        await MessageWorld.UntilAsync(orders, gid, FatMessageState.Consumed);
        Assert.Equal($"ordered {Secret}", await shipping.TextAsync(id));
    }

    [Fact]
    public async Task Incidents_are_shown_and_told_without_arguments_and_replayed_with_them()
    {
        var (log, events) = (new LogLines(), new ConcurrentQueue<FatIncidentEvent>());
        await using var receiver = await WebhookReceiver.StartAsync();
        await using var world = await HeldWorld.StartAsync(
            servers,
            options => (options.Webhook.Url, options.Webhook.Secret, options.ReplayAttempts) = (receiver.Url, WebhookReceiver.Secret, 1),
            fat =>
            {
                fat.Services.AddSingleton(events);
                Redact(fat, log).AddIncidentHandler<KeptEvents>();
            });
        var (id, fails) = (world.NextId(), false);
        world.Outside.DoAsync = what => fails ? throw new InvalidOperationException($"{what} is not taken.") : Task.CompletedTask;
        var gid = await world.LoseAsync(async deposits =>
        {
            await deposits.PutAndCallAsync(id, Secret);
            fails = true;
        });

        var incident = await world.IncidentAsync(gid, FatIncidentState.Failed);
        Hidden(incident.Reason!);
        var shown = await world.Admin.ShowIncidentAsync(gid, incident.Branch, Stop);
        Hidden(shown!.Arguments!);
        Hidden(shown.Events.Single(happened => happened.Kind == FatIncidentEventKind.Failed).Reason!);
        Hidden(Assert.Single((await world.Admin.ShowAsync(gid, Stop)).Incidents).Reason!);
        await LostBranchWorld.UntilAsync(() => Task.FromResult(receiver.Taken.Any(taken => taken.GetProperty("kind").GetString() == "failed")), true);
        Hidden(receiver.Taken.Single(taken => taken.GetProperty("kind").GetString() == "failed").GetProperty("reason").GetString()!);
        Assert.All(events.Where(happened => happened.Kind == FatIncidentEventKind.Failed), happened => Hidden(happened.Reason!));
        Assert.NotEmpty(events);
        Assert.Contains(log.Lines, line => line.StartsWith("Error 703 ", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));

        fails = false;
        var replayed = await world.Admin.ReplayIncidentAsync(gid, incident.Branch, incident.Version, "me", "It is well again", cancellationToken: Stop);
        Assert.Equal(FatIncidentState.Replayed, replayed.State);
        Assert.Equal(Secret, await world.TextAsync(id));
    }

    [Fact]
    public async Task A_refusal_does_not_quote_why_a_group_failed()
    {
        await using var world = new RedactedWorld(servers);
        var orders = await world.StartAsync("orders", configure: fat => fat.AddRedactor<All>());
        var group = new AbandonedGroup(
            orders.Services.GetRequiredService<IGroupRegistry>(), FatName.Parse("orders", "service"), FatName.Parse("orders", "database"), TimeSpan.FromMinutes(1));
        await group.RegisterAsync();
        await group.AskAbortAsync();

        var admin = orders.Services.GetRequiredService<IFatAdmin>();
        var refused = await Assert.ThrowsAsync<FatForceRefusedException>(
            () => admin.ForceAsync(group.Gid, FatDecision.Committed, "me", "It is well again", new FatForceOptions { RootWroteNothing = true }, Stop));
        Assert.Contains("accounts, Pay failed (#), so part of the group is rolled back already.", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_refusal_does_not_quote_why_arguments_were_not_kept()
    {
        await using var world = await HeldWorld.StartAsync(servers, configure: fat => fat.AddRedactor<All>());
        var gid = await world.LoseAsync(deposits => deposits.PutWithAsync(world.NextId(), _ => Task.CompletedTask));
        var incident = await world.IncidentAsync(gid, FatIncidentState.Open);

        var refused = await Assert.ThrowsAsync<FatIncidentRefusedException>(() =>
            world.Admin.ReplayIncidentAsync(gid, incident.Branch, incident.Version, "me", "because", evenIfNotAllowed: true, Stop));
        Assert.EndsWith("were not kept. #", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Transactions_of_DTMs_clients_are_shown_without_bodies_and_called_with_them()
    {
        var log = new LogLines();
        await using var world = new RedactedWorld(servers);
        await using var called = await CalledService.StartAsync();
        called.Answers["/a"] = _ => Task.FromResult((409, $"FAILURE: {Secret} is stolen"));
        var dtm = await world.StartAsync("dtm", Quick, fat => Redact(fat, log).AddDtmServer());
        var server = dtm.Services.GetRequiredService<IFatDtmServer>();
        var gid = DtmWorld.NextGid();
        var answer = await server.SubmitAsync(
            new FatDtmRequest
            {
                Gid = gid,
                TransType = "saga",
                Steps = [new Dictionary<string, string?>(StringComparer.Ordinal) { ["action"] = $"{called.Address}/a", ["compensate"] = $"{called.Address}/a-back" }],
                Payloads = [$$"""{"card":"{{Secret}}"}"""],
                WaitResult = true,
            },
            Stop);

        Assert.Equal(FatDtmResult.Failure, answer.Result);
        Hidden(answer.Message!);
        var found = await server.FindAsync(gid, Stop);
        Assert.All(found!.Branches, branch => Hidden(branch.Data!));
        Hidden(found.RollbackReason!);
        Assert.Equal($$"""{"card":"{{Secret}}"}""", called.To("/a")[0].Body);
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_the_redactor_fails_on_is_hidden_and_that_is_logged()
    {
        var log = new LogLines();
        await using var world = new RedactedWorld(servers);
        var orders = await world.StartAsync("orders", configure: fat =>
        {
            fat.Services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug));
            fat.AddRedactor<Stars>().AddRedactor<Broken>();
        });
        await orders.RootAsync((_, _) => throw new InvalidOperationException(Secret));

        Assert.Contains("(hidden)", Assert.Single(log.Lines, line => line.StartsWith("Information 202 ", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains(log.Lines, line => line.StartsWith("Error 604 ", StringComparison.Ordinal) && line.Contains("NotSupportedException", StringComparison.Ordinal));
        Assert.DoesNotContain(log.Lines, line => line.Contains(Secret, StringComparison.Ordinal));
        Assert.Equal("(hidden)", orders.Services.GetRequiredService<IFatRedactor>().Redact(new FatContent(FatContentKind.Payload, "gid", "topic", Secret)));
    }

    private static void Hidden(string shown)
    {
        Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
        Assert.Contains('#', shown);
    }

    private static void Quick(FatOptions options)
    {
        options.Messages.RetryInterval = TimeSpan.FromMilliseconds(50);
        options.Messages.AlertAfter = 1;
    }

    private static IFatBuilder Redact(IFatBuilder fat, LogLines log)
    {
        fat.Services.AddLogging(logging => logging.AddProvider(log).SetMinimumLevel(LogLevel.Debug));
        return fat.AddRedactor<Stars>();
    }

    private sealed class RedactedWorld(Servers servers) : GroupWorld(servers);

    private sealed class Stars : IFatRedactor
    {
        public string? Redact(FatContent content) => content.Text.Replace(Secret, "#", StringComparison.Ordinal);
    }

    private sealed class All : IFatRedactor
    {
        public string? Redact(FatContent content) => "#";
    }

    private sealed class Broken : IFatRedactor
    {
        public string? Redact(FatContent content) => throw new NotSupportedException(content.Text);
    }

    private sealed class Kept(ConcurrentQueue<FatMessageAlert> alerts) : IFatMessageAlertHandler
    {
        public Task HandleAsync(FatMessageAlert alert, CancellationToken cancellationToken)
        {
            alerts.Enqueue(alert);
            return Task.CompletedTask;
        }
    }

    private sealed class KeptEvents(ConcurrentQueue<FatIncidentEvent> events) : IFatIncidentHandler
    {
        public Task HandleAsync(FatIncidentEvent happened, CancellationToken cancellationToken)
        {
            events.Enqueue(happened);
            return Task.CompletedTask;
        }
    }
}
