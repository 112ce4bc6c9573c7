using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>HTML in what services and their callers wrote is shown as it was written, and never run.</summary>
public sealed class HostileTextTests(Chromium chromium)
{
    private static readonly (string Route, string Text)[] Places =
    [
        ("groups", Shop.Hostile),
        ("groups", Shop.HostileName),
        ("groups?service=%3Cimg%20src%3Dx%20onerror%3Dwindow.pwned%3D1%3E&failedIn=%3Csvg%20onload%3Dwindow.pwned%3D1%3E&reason=x&from=nonsense", "<svg onload=window.pwned=1>"),
        ("groups/" + Shop.RolledBack, Shop.Hostile),
        ("groups/" + Shop.InDoubt, Shop.Hostile),
        ("incidents", Shop.Hostile),
        ($"incidents/{Shop.Committed}/{Shop.LostBranch}", "<img src=x onerror='window.pwned=5'>"),
        ("messages", Shop.Hostile),
        ("messages", "order-placed/" + Shop.HostileName),
        ("audit", Shop.Hostile),
        ("overview", Shop.Hostile),
    ];

    [Fact]
    public async Task It_is_text()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address);
        foreach (var (route, text) in Places)
        {
            await visit.GoAsync(route);
            await Assertions.Expect(visit.Page.Locator("main")).ToContainTextAsync(text);
            Assert.Equal(0, await visit.Page.Locator("main img, main script, main b").CountAsync());
            await visit.AssertCleanAsync();
        }
    }

    [Fact]
    public async Task A_payload_is_text_when_it_is_opened()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "messages/" + Shop.FailedMessage);

        await visit.Find("payload").First.Locator("summary").ClickAsync();

        await Assertions.Expect(visit.Find("payload").First.Locator("pre")).ToContainTextAsync("<img src=x onerror='window.pwned=6'>");
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task A_problem_that_the_server_tells_is_text()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Refuse("GET audit", 418, Shop.Hostile, Shop.Hostile);
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        visit.Expect("status of 418");
        await visit.GoAsync("audit");

        await Assertions.Expect(visit.Find("error")).ToContainTextAsync(Shop.Hostile);
        await visit.AssertCleanAsync();
    }
}
