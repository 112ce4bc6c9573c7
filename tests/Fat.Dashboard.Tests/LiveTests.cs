using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>The overview follows what happens, by events where they come through and else by asking.</summary>
public sealed class LiveTests(Chromium chromium)
{
    [Fact]
    public async Task It_follows_events()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "overview?service=orders");

        await Assertions.Expect(visit.Find("live")).ToHaveTextAsync("live");
        await Assertions.Expect(visit.Find("now")).ToContainTextAsync("122");
        Assert.Contains("GET events?service=orders", stub.Asked);
        Assert.Contains("GET overview?service=orders&range=hour", stub.Asked);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task Where_events_are_refused_it_asks_every_five_seconds()
    {
        await using var stub = await StubDashboard.StartAsync(hasEvents: false);
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        visit.Expect("status of 404");
        await visit.Page.Clock.InstallAsync();
        await visit.GoAsync("overview");

        await Assertions.Expect(visit.Find("live")).ToHaveTextAsync("asked every 5 seconds");
        var asked = Overviews(stub);
        stub.Answer("GET overview", Shop.Overview(isWeek: false, committed: 7_412));
        await visit.Page.Clock.RunForAsync(5_100);
        await WaitUntilAsync(() => Overviews(stub) == asked + 1);

        // It has been answered, so the next one is due in five seconds and not before the clock is set forward.
        await Assertions.Expect(visit.Find("totals")).ToContainTextAsync("7,412");
        stub.Refuse("GET overview", 503, "Unavailable", "Redis is away.");
        visit.Expect("status of 503");
        await visit.Page.Clock.RunForAsync(5_100);
        await Assertions.Expect(visit.Find("live")).ToContainTextAsync("no connection");
        await Assertions.Expect(visit.Find("totals")).ToContainTextAsync("7,412");
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task Who_leaves_the_page_asks_no_more()
    {
        await using var stub = await StubDashboard.StartAsync(hasEvents: false);
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        visit.Expect("status of 404");
        await visit.Page.Clock.InstallAsync();
        await visit.GoAsync("overview");
        await Assertions.Expect(visit.Find("live")).ToHaveTextAsync("asked every 5 seconds");

        await visit.GoAsync("instances");
        var asked = stub.Asked.Count;
        await visit.Page.Clock.RunForAsync(60_000);
        await visit.GoAsync("audit");

        Assert.Equal(asked + 1, stub.Asked.Count);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task Who_leaves_the_page_listens_no_more()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address);
        await Assertions.Expect(visit.Find("live")).ToHaveTextAsync("live");
        Assert.Equal(1, stub.Listeners);

        await visit.GoAsync("instances");

        await WaitUntilAsync(() => stub.Listeners == 0);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task Its_numbers_are_in_a_table_too()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address);

        await visit.Page.GetByText("The charts as a table").PressAsync("Enter");

        await Assertions.Expect(visit.Page.Locator(".numbers tbody tr")).ToHaveCountAsync(58);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task A_reason_leads_to_the_groups_that_it_rolled_back()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address);

        await visit.Find("reason").First.ClickAsync();

        await Assertions.Expect(visit.Find("reason-filter")).ToContainTextAsync("There are fewer than 3 pieces of tea.");
        await Assertions.Expect(visit.Find("row")).ToHaveCountAsync(1);
        await Assertions.Expect(visit.Find("group-link")).ToHaveAttributeAsync("title", Shop.RolledBack);
        await visit.AssertCleanAsync();
    }

    private static int Overviews(StubDashboard stub) => stub.Asked.Count(asked => asked.StartsWith("GET overview", StringComparison.Ordinal));

    private static async Task WaitUntilAsync(Func<bool> condition)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(10));
        while (!condition())
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, deadline.Token);
    }
}
