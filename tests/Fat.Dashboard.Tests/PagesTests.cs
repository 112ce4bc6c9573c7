using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>Every page, for every kind of reader: it shows what it should, fits its window, can be read, and breaks no rule of the policy. The pictures stay in the folder Screenshots.</summary>
public sealed class PagesTests(Chromium chromium)
{
    private static readonly (string Name, string Route, string Shows)[] Pages =
    [
        ("overview", "overview", "6,412"),
        ("overview-week", "overview?range=week", "6,412"),
        ("groups", "groups", "There are fewer than 3 pieces of tea."),
        ("groups-open", "groups?state=open", "POST /orders"),
        ("group-rolled-back", "groups/" + Shop.RolledBack, "StockService.ReserveAsync"),
        ("group-in-doubt", "groups/" + Shop.InDoubt, $"fat:{Shop.InDoubt}:1-eeeeeeee-1:accounts:ledger"),
        ("in-doubt", "in-doubt", $"fat:{Shop.InDoubt}:1-eeeeeeee-1:accounts:ledger"),
        ("incidents", "incidents", "ITill.AddAsync(decimal)"),
        ("incident", $"incidents/{Shop.Committed}/{Shop.LostBranch}", "\"amount\": 12.5"),
        ("messages", "messages", "order-placed/shipping"),
        ("message", "messages/" + Shop.FailedMessage, "503 Service Unavailable"),
        ("instances", "instances", "node-7"),
        ("audit", "audit", "The mail server is back."),
    ];

    [Fact]
    public Task On_a_desktop() => LookAtAllAsync("desktop", new VisitOptions());

    [Fact]
    public Task On_a_phone() => LookAtAllAsync("phone", VisitOptions.Phone);

    [Fact]
    public Task In_the_dark() => LookAtAllAsync("dark", new VisitOptions { Scheme = ColorScheme.Dark });

    [Fact]
    public Task In_Chinese_on_a_phone_in_the_dark() => LookAtAllAsync("chinese", VisitOptions.Phone with { Language = "zh-CN", Scheme = ColorScheme.Dark });

    [Fact]
    public async Task An_address_that_is_no_page_says_so()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "nowhere/%E0%A4%A/at-all");

        await Assertions.Expect(visit.Page.GetByText("There is no such page.")).ToBeVisibleAsync();
        await PageCheck.AssertSoundAsync(visit);
    }

    private async Task LookAtAllAsync(string reader, VisitOptions options)
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, options: options);
        foreach (var (name, route, shows) in Pages)
        {
            await visit.GoAsync(route);
            await Assertions.Expect(visit.Page.Locator("main")).ToContainTextAsync(shows);
            await PageCheck.AssertSoundAsync(visit);
            await visit.PhotographAsync($"{reader}-{name}");
        }
    }
}
