using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>Colours and motion are as the reader wants them; times can be read and are exact.</summary>
public sealed class AppearanceTests(Chromium chromium)
{
    private const string Ground = "() => getComputedStyle(document.body).backgroundColor";

    [Fact]
    public async Task The_system_says_which_colours_and_the_reader_can_choose_others()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups", new VisitOptions { Scheme = ColorScheme.Dark });
        var dark = await visit.Page.EvaluateAsync<string>(Ground);

        await visit.Find("theme").SelectOptionAsync("light");
        var light = await visit.Page.EvaluateAsync<string>(Ground);
        Assert.NotEqual(dark, light);
        await visit.Page.ReloadAsync();
        Assert.Equal(light, await visit.Page.EvaluateAsync<string>(Ground));

        await visit.LoadedAsync();
        await visit.Find("theme").SelectOptionAsync("system");
        Assert.Equal(dark, await visit.Page.EvaluateAsync<string>(Ground));
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task Nothing_moves_for_those_who_do_not_want_it()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, options: new VisitOptions { ReducesMotion = true });
        await Assertions.Expect(visit.Find("live")).ToHaveTextAsync("live");

        Assert.Equal(0, await visit.Page.EvaluateAsync<int>("() => document.getAnimations().length"));
    }

    [Fact]
    public async Task A_time_is_readable_and_exact()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups/" + Shop.RolledBack);
        var time = visit.Page.Locator(".facts time").First;

        Assert.Matches("^[0-9]+ min ago$", await time.InnerTextAsync());
        var exact = await time.GetAttributeAsync("datetime");
        Assert.EndsWith($" · {exact}", await time.GetAttributeAsync("title"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_timeline_is_to_scale()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups/" + Shop.RolledBack);

        // The first branch: enlisted after 4 ms of 182, voted after 31, decided after 160, finished after 178.
        Assert.Equal([("work", 148), ("wait", 709), ("finish", 99)], await BarsAsync(visit, lane: 1));

        // The one that failed worked for 60 ms and never voted; one that wrote nothing was over with its vote, after 11; one was told of the decision before it had voted.
        Assert.Equal([("work", 330)], await BarsAsync(visit, lane: 3));
        Assert.Equal([("work", 60)], await BarsAsync(visit, lane: 4));
        Assert.Equal([("work", 55), ("finish", 55)], await BarsAsync(visit, lane: 5));
        await visit.Find("timeline").Locator("summary").ClickAsync();
        await Assertions.Expect(visit.Find("timeline").Locator("tbody tr").First).ToContainTextAsync("+160 ms");
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task The_calls_are_a_tree()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups/" + Shop.RolledBack);

        Assert.Equal(["0", "1", "2", "2.1"], await visit.Find("tree").Locator(".call-id").AllInnerTextsAsync());
        await Assertions.Expect(visit.Find("tree").Locator("ul > li > ul > li > .call .call-id")).ToHaveTextAsync(["2.1"]);
        await Assertions.Expect(visit.Find("abort")).ToContainTextAsync("There are fewer than 3 pieces of tea.");
    }

    /// <summary>The parts of a lane and how long each is, in thousandths of the group.</summary>
    private static async Task<IEnumerable<(string Stage, int Length)>> BarsAsync(Visit visit, int lane)
    {
        var bars = visit.Find("timeline").Locator(".lane").Nth(lane).Locator("rect");
        var stages = await bars.EvaluateAllAsync<string[]>("all => all.map(one => one.dataset.stage)");
        var lengths = await bars.EvaluateAllAsync<double[]>("all => all.map(one => parseFloat(one.getAttribute('width')))");
        return stages.Zip(lengths, (stage, length) => (stage, (int)Math.Round(length * 10)));
    }
}
