using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>Pages that have nothing to show say what that means and what to do.</summary>
public sealed class EmptyAndAwayTests(Chromium chromium)
{
    private static readonly (string Route, string Advice)[] Pages =
    [
        ("overview", "A group begins where a method marked [FatServiceRegister] is called"),
        ("groups", "Each service remembers its last ended groups"),
        ("groups?state=open", "That there are none is the usual state"),
        ("groups?service=accounts", "Widen the times"),
        ("groups?gid=x", "An id is a UUID"),
        ("in-doubt", "Nothing to do"),
        ("incidents", "Nothing to do"),
        ("incidents?show=all", "kept for a while"),
        ("messages", "Nothing to do"),
        ("messages?state=consumed", "forgotten after a while"),
        ("instances", "look whether Redis is reachable"),
        ("audit", "recorded here before they are done"),
        ("audit?subject=x", "Clear the filter"),
    ];

    [Fact]
    public async Task An_empty_page_says_what_to_do()
    {
        await using var stub = await StubDashboard.StartAsync();
        Shop.Empty(stub);
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        foreach (var (route, advice) in Pages)
        {
            await visit.GoAsync(route);
            await Assertions.Expect(visit.Find("empty").First).ToContainTextAsync(advice);
            await PageCheck.AssertSoundAsync(visit);
        }

        await visit.PhotographAsync("desktop-empty");
    }

    [Fact]
    public async Task Where_the_registry_is_away_the_page_says_so_and_asks_again_when_told_to()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Refuse("GET groups", 503, "Unavailable", "Redis did not answer within 3 s.");
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        visit.Expect("status of 503");
        await visit.GoAsync("groups");
        await Assertions.Expect(visit.Find("error")).ToContainTextAsync("The registry is away");
        await Assertions.Expect(visit.Find("error")).ToContainTextAsync("Redis did not answer within 3 s.");
        await visit.PhotographAsync("desktop-away");

        Shop.Stock(stub, readOnly: false);
        await visit.Page.GetByRole(AriaRole.Button, new PageGetByRoleOptions { Name = "Try again" }).ClickAsync();

        await Assertions.Expect(visit.Find("row")).ToHaveCountAsync(4);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task What_could_not_be_read_is_named()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups/" + Shop.InDoubt);

        await Assertions.Expect(visit.Find("unreachable")).ToContainTextAsync("registry (Redis)");
        await visit.GoAsync("incidents");
        await Assertions.Expect(visit.Find("unreachable")).ToContainTextAsync("ledger");
    }

    [Fact]
    public async Task An_unknown_group_is_said_to_be_unknown()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        visit.Expect("status of 404");
        await visit.GoAsync("groups/" + Shop.Open);

        await Assertions.Expect(visit.Find("error")).ToContainTextAsync("the memory of what has ended is bounded");
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task Who_is_not_let_in_reads_what_is_missing()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address);
        visit.Expect("status of 403");
        stub.Refuse("GET session", 403, "Forbidden", "No policy is configured, and this request did not come from this machine.");

        await visit.Page.ReloadAsync();

        await Assertions.Expect(visit.Find("refused")).ToContainTextAsync("Not allowed");
        await Assertions.Expect(visit.Find("refused")).ToContainTextAsync("did not come from this machine");
        await Assertions.Expect(visit.Find("refused")).ToContainTextAsync("options.RequireAuthorization(\"policy\")");
        await PageCheck.AssertSoundAsync(visit);
        await visit.PhotographAsync("desktop-refused");
    }
}
