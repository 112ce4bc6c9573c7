using Fat.Dashboard.Tests.Browsing;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests.EndToEnd;

/// <summary>What an operator does, with real services behind the pages.</summary>
public sealed class OperatorTests(Chromium chromium, RealShop shop) : IAsyncLifetime
{
    private const string Tea = "tea <img src=x onerror=window.pwned=1>";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await shop.StartAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Finds_a_rolled_back_order_and_reads_why()
    {
        var gid = await shop.OrderInVainAsync(Tea);
        await using var visit = await Visit.OpenAsync(chromium, shop.Dashboard, "groups?state=rolled-back");
        await RefreshUntilAsync(visit, visit.Page.Locator($"[data-test='group-link'][title='{gid}']"));

        await visit.Page.Locator($"[data-test='group-link'][title='{gid}']").ClickAsync();
        await Assertions.Expect(visit.Find("gid")).ToHaveTextAsync(gid);
        await RefreshUntilAsync(visit, visit.Find("timeline"));

        await Assertions.Expect(visit.Find("abort")).ToContainTextAsync("Failed in stock");
        await Assertions.Expect(visit.Find("abort")).ToContainTextAsync($"There are fewer than 3 pieces of {Tea}.");
        await Assertions.Expect(visit.Find("tree")).ToContainTextAsync("stock");
        await visit.PhotographAsync("real-group");
        await PageCheck.AssertSoundAsync(visit);
    }

    [Fact]
    public async Task Settles_an_in_doubt_group_and_a_stale_page_is_refused()
    {
        var gid = await shop.LeaveInDoubtAsync();
        Assert.Contains(await shop.PreparedAsync(), name => name.Contains(gid, StringComparison.Ordinal));
        await using var visit = await Visit.OpenAsync(chromium, shop.Dashboard, "in-doubt");
        await RefreshUntilAsync(visit, visit.Page.Locator($"[data-test='group-link'][title='{gid}']"));
        await visit.PhotographAsync("real-in-doubt");
        await visit.Page.Locator($"[data-test='group-link'][title='{gid}']").ClickAsync();
        await visit.LoadedAsync();
        await using var stale = await Visit.OpenAsync(chromium, shop.Dashboard, "groups/" + gid);

        await SettleAsync(visit);
        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("Decided: rolled back");
        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("Branches of this service that have obeyed: 1");
        await Assertions.Expect(visit.Find("audit")).ToContainTextAsync("The host of accounts is gone.");
        Assert.DoesNotContain(await shop.PreparedAsync(), name => name.Contains(gid, StringComparison.Ordinal));
        await visit.PhotographAsync("real-settled");
        await PageCheck.AssertSoundAsync(visit);

        stale.Expect("status of 409");
        await SettleAsync(stale);
        await Assertions.Expect(stale.Find("notice-stale")).ToContainTextAsync("loaded again");
        await Assertions.Expect(stale.Find("force-roll-back")).ToHaveCountAsync(0);
        await stale.PhotographAsync("real-stale");
        await stale.AssertCleanAsync();

        await visit.GoAsync("audit?subject=" + gid);
        await Assertions.Expect(visit.Find("row")).ToHaveCountAsync(1);
    }

    [Fact]
    public async Task Retries_a_failed_message()
    {
        shop.Mail.IsUp = false;
        var gid = await shop.TellAsync(Tea);
        await using var visit = await Visit.OpenAsync(chromium, shop.Dashboard, "messages");
        await RefreshUntilAsync(visit, visit.Find("message-link").And(visit.Page.GetByText(gid)));
        await Assertions.Expect(visit.Find("messages")).ToContainTextAsync("The mail server is away.");
        await visit.PhotographAsync("real-messages");

        shop.Mail.IsUp = true;
        await new Operator(visit).ActOnMessageAsync(gid, "retry-all", "The mail server is back.");

        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("Made due now: 1");
        Assert.Equal(Tea, await shop.Mail.Sent.Task.WaitAsync(TimeSpan.FromSeconds(20), TimeProvider.System, Stop));
        await RefreshUntilAsync(visit, visit.Find("delivery").GetByText("consumed"));
        await Assertions.Expect(visit.Find("audit")).ToContainTextAsync("The mail server is back.");
        await visit.PhotographAsync("real-message");
        await PageCheck.AssertSoundAsync(visit);
    }

    [Fact]
    public async Task Looks_at_every_page()
    {
        await shop.OrderInVainAsync(Tea);
        await using var visit = await Visit.OpenAsync(chromium, shop.Dashboard);
        await Assertions.Expect(visit.Find("live")).ToHaveTextAsync("live");
        await Assertions.Expect(visit.Find("user")).ToHaveTextAsync("local");
        await RefreshUntilAsync(visit, visit.Find("reason"));
        await visit.PhotographAsync("real-overview");
        foreach (var route in new[] { "overview?range=week", "groups", "groups?state=open", "in-doubt", "incidents", "messages", "instances", "audit" })
        {
            await visit.GoAsync(route);
            Assert.Equal(0, await visit.Find("error").CountAsync());
            await PageCheck.AssertSoundAsync(visit);
        }

        await visit.GoAsync("instances");
        await RefreshUntilAsync(visit, visit.Find("instance").GetByText("PostgreSQL").First);
        await Assertions.Expect(visit.Find("instances")).ToContainTextAsync("durable");
        await visit.PhotographAsync("real-instances");
    }

    private static async Task SettleAsync(Visit visit)
    {
        await visit.Find("force-roll-back").First.ClickAsync();
        await visit.Page.GetByLabel("The decision database is gone for good.").CheckAsync();
        await visit.Page.GetByLabel("Reason").FillAsync("The host of accounts is gone.");
        await visit.Find("confirm").ClickAsync();
    }

    /// <summary>What is shown comes a moment behind what happens, so the operator asks again.</summary>
    private static async Task RefreshUntilAsync(Visit visit, ILocator shown)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (await shown.CountAsync() == 0)
        {
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, deadline.Token);
            await visit.Find("refresh").ClickAsync();
            await visit.LoadedAsync();
        }
    }
}
