using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>Everything can be done without a mouse, and the focus is where the reader is.</summary>
public sealed class KeyboardTests(Chromium chromium)
{
    [Fact]
    public async Task The_first_stop_leads_past_the_navigation()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups");

        await visit.Page.Keyboard.PressAsync("Tab");
        await Assertions.Expect(visit.Find("skip")).ToBeFocusedAsync();
        await Assertions.Expect(visit.Find("skip")).ToBeInViewportAsync();
        await visit.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(visit.Page.Locator("main")).ToBeFocusedAsync();
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task From_the_list_to_a_group_and_back_the_focus_follows()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups");

        await TabToAsync(visit, visit.Find("group-link").First);
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Heading).ToHaveTextAsync("Group");
        await Assertions.Expect(visit.Heading).ToBeFocusedAsync();

        await visit.Page.GoBackAsync();
        await Assertions.Expect(visit.Heading).ToHaveTextAsync("Groups");
        await Assertions.Expect(visit.Heading).ToBeFocusedAsync();
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task A_filter_that_was_applied_keeps_the_focus()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups");

        await TabToAsync(visit, visit.Find("state-rolled-back"));
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Find("row")).ToHaveCountAsync(2);
        await Assertions.Expect(visit.Find("state-rolled-back")).ToBeFocusedAsync();

        await TabToAsync(visit, visit.Find("gid"));
        await visit.Page.Keyboard.TypeAsync(Shop.RolledBack);
        await visit.Page.Keyboard.PressAsync("Enter");
        await visit.Page.WaitForURLAsync($"**gid={Shop.RolledBack}");
        await Assertions.Expect(visit.Find("gid")).ToBeFocusedAsync();
        await Assertions.Expect(visit.Find("gid")).ToHaveValueAsync(Shop.RolledBack);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task The_list_is_paged()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups");

        await TabToAsync(visit, visit.Find("older"));
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Find("row")).ToHaveCountAsync(1);
        Assert.Contains("GET groups?cursor=200000-1&limit=50", stub.Asked);

        await visit.Find("newest").PressAsync("Enter");
        await Assertions.Expect(visit.Find("row")).ToHaveCountAsync(4);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task A_dialog_is_left_by_escape_and_the_focus_returns()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "in-doubt");

        var button = visit.Find("force-roll-back").First;
        await TabToAsync(visit, button);
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Page.GetByLabel("Reason")).ToBeFocusedAsync();
        await visit.Page.Keyboard.PressAsync("Escape");

        await Assertions.Expect(visit.Find("dialog")).ToHaveCountAsync(0);
        await Assertions.Expect(button).ToBeFocusedAsync();
        Assert.Empty(stub.Posts);
        await visit.AssertCleanAsync();
    }

    [Theory]
    [InlineData(200)]
    [InlineData(403)]
    public async Task A_dialog_is_not_left_while_its_action_is_under_way_and_its_outcome_is_told(int status)
    {
        await using var stub = await StubDashboard.StartAsync();
        var request = $"POST groups/{Shop.InDoubt}/force";
        var answer = new TaskCompletionSource();
        stub.Hold(request, answer.Task);
        if (status == 200)
            stub.Answer(request, new { decision = "rolled-back", hadEffect = true, finished = 1, published = true });
        else
            stub.Refuse(request, status, "Forbidden", "The policy fat-operators is not met.");
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "in-doubt");
        visit.Expect("status of 403");
        await new Operator(visit).ForceAsync("roll-back", "The host of accounts is gone.");

        // More than once: a browser lets a page refuse it only so often.
        await Assertions.Expect(visit.Find("cancel")).ToBeDisabledAsync();
        for (var press = 0; press < 3; press++)
        {
            await visit.Page.Keyboard.PressAsync("Escape");
            await Assertions.Expect(visit.Find("dialog")).ToBeVisibleAsync();
        }

        answer.SetResult();
        if (status == 200)
        {
            await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("Decided: rolled back");
        }
        else
        {
            await Assertions.Expect(visit.Find("dialog")).ToContainTextAsync("The policy fat-operators is not met.");
            await visit.Page.Keyboard.PressAsync("Escape");
        }

        await Assertions.Expect(visit.Find("dialog")).ToHaveCountAsync(0);
        Assert.Single(stub.Posts);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task A_chart_is_read_by_the_arrow_keys()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address);
        var chart = visit.Find("throughput");
        var legend = chart.Locator(".legend");

        await chart.Locator(".plot").FocusAsync();
        await visit.Page.Keyboard.PressAsync("Home");
        var first = await legend.InnerTextAsync();
        await visit.Page.Keyboard.PressAsync("ArrowRight");

        await Assertions.Expect(legend).Not.ToHaveTextAsync(first);
        await Assertions.Expect(chart.Locator(".cursor")).ToHaveAttributeAsync("visibility", "visible");
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task On_a_phone_the_pages_are_behind_a_button()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups", VisitOptions.Phone);
        await Assertions.Expect(visit.Find("nav-audit")).ToBeHiddenAsync();

        await TabToAsync(visit, visit.Find("menu"));
        await visit.Page.Keyboard.PressAsync("Enter");
        await Assertions.Expect(visit.Find("menu")).ToHaveAttributeAsync("aria-expanded", "true");
        await visit.PhotographAsync("phone-menu");
        await TabToAsync(visit, visit.Find("nav-audit"));
        await visit.Page.Keyboard.PressAsync("Enter");

        await Assertions.Expect(visit.Heading).ToHaveTextAsync("Audit");
        await Assertions.Expect(visit.Find("nav-audit")).ToBeHiddenAsync();
        await visit.AssertCleanAsync();
    }

    /// <summary>Presses Tab until the element has the focus, as a reader would.</summary>
    private static async Task TabToAsync(Visit visit, ILocator target)
    {
        for (var presses = 0; presses < 60; presses++)
        {
            await visit.Page.Keyboard.PressAsync("Tab");
            if (await target.EvaluateAsync<bool>("element => element === document.activeElement"))
                return;
        }

        Assert.Fail("The element cannot be reached by the Tab key.");
    }
}
