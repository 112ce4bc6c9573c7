using System.Net;
using System.Text.Json;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>Groups: lists, one of them, and a decision by force.</summary>
public sealed class GroupTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Groups_that_ended_come_in_pages_from_the_registrys_memory()
    {
        await using var app = await DashboardApp.StartAsync();

        var page = await app.GetAsync("api/groups?service=orders&state=rolled-back&cursor=abc&limit=7");

        Assert.Equal(("orders", FatOutcome.RolledBack, "abc", 7), (app.Desk.Asked!.Service, app.Desk.Asked.Outcome, app.Desk.Asked.Cursor, app.Desk.Asked.Limit));
        Assert.Equal("next-page", page.GetProperty("next").GetString());
        var group = Assert.Single(page.GetProperty("items").EnumerateArray());
        Assert.Equal(
            (Known.Gid, "orders", "rolled-back", "2026-01-31T07:30:00Z", "2026-01-31T07:30:00.25Z", 250.0, 2),
            (Text(group, "gid"), Text(group, "service"), Text(group, "state"), Text(group, "began"), Text(group, "ended"), group.GetProperty("durationMs").GetDouble(), group.GetProperty("branches").GetInt32()));
        Assert.Equal(Known.Abort.Reason, Text(group.GetProperty("abort"), "reason"));
    }

    [Theory]
    [InlineData("committed", FatOutcome.Committed)]
    [InlineData("in-doubt", FatOutcome.InDoubt)]
    [InlineData("", null)]
    public async Task Each_state_asks_for_its_outcome(string state, FatOutcome? outcome)
    {
        await using var app = await DashboardApp.StartAsync();

        await app.GetAsync("api/groups?state=" + state);

        Assert.Equal((outcome, 50), (app.Desk.Asked!.Outcome, app.Desk.Asked.Limit));
    }

    [Fact]
    public async Task Open_groups_are_read_on_from_service_to_service()
    {
        await using var app = await DashboardApp.StartAsync();
        var open = new Dictionary<string, int>(StringComparer.Ordinal) { ["orders"] = 3, ["shop"] = 0, ["stock"] = 2 };
        app.Desk.Open = (service, limit, skip) => new FatList<FatOpenGroup>(
            [.. Enumerable.Range(0, open[service]).Skip(skip).Take(limit).Select(number => new FatOpenGroup($"{service}{number}", Known.Began, service, "-", TimeSpan.Zero, Known.Record))],
            open[service] > skip + limit, []);

        List<string> seen = [];
        var pages = 0;
        for (string? next = ""; next is not null; pages++)
        {
            var page = await app.GetAsync("api/groups?state=open&limit=2&cursor=" + next);
            seen.AddRange(page.GetProperty("items").EnumerateArray().Select(group => Text(group, "gid")!));
            next = Text(page, "next");
        }

        Assert.Equal(["orders0", "orders1", "orders2", "stock0", "stock1"], seen);
        Assert.Equal(3, pages);
        var one = (await app.GetAsync("api/groups?state=open&service=stock&limit=1")).GetProperty("items")[0];
        Assert.Equal(("stock", "POST /orders", "open", null), (Text(one, "service"), Text(one, "method"), Text(one, "state"), Text(one, "ended")));
        Assert.True(one.GetProperty("durationMs").GetDouble() > 0);
    }

    [Fact]
    public async Task A_registry_that_is_away_is_named_and_the_rest_is_shown()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.RegistryIsAway = true;

        Assert.Equal("""["registry"]""", (await app.GetAsync("api/groups")).GetProperty("unreachable").GetRawText());
        var shown = await app.GetAsync($"api/groups/{Known.Gid}");
        Assert.Equal(("""["registry"]""", "in-doubt"), (shown.GetProperty("unreachable").GetRawText(), Text(shown, "state")));

        // What nobody here knows may be known there.
        Assert.Equal("unknown", Text(await app.GetAsync("api/groups/0193a000-0000-7000-8000-0000000000ff"), "state"));
    }

    [Fact]
    public async Task A_group_is_put_together_from_everybody_who_knows_of_it()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.History = Known.History;
        app.Desk.Details = Known.Decided with { Unreachable = [] };

        var shown = await app.GetAsync($"api/groups/{Known.Gid}");

        Assert.Equal(("rolled-back", "rolled-back", "orders", "orders", "orders~0123456789ab"), (Text(shown, "state"), Text(shown, "decision"), Text(shown, "decisionDatabase"), Text(shown, "service"), Text(shown, "instance")));
        var branches = shown.GetProperty("branches").EnumerateArray().ToList();
        Assert.Equal(
            [(Known.RootBranch, "0", null, "orders", "prepared"), (Known.Branch, "1", "0", "stock", "prepared")],
            branches.Select(branch => (Text(branch, "id")!, Text(branch, "call")!, Text(branch, "parentCall"), Text(branch, "service")!, Text(branch, "vote")!)));
        Assert.Equal(["2026-01-31T07:30:00Z", "2026-01-31T07:30:00.02Z", "2026-01-31T07:30:00.24Z", "2026-01-31T07:30:00.245Z"], new[] { "enlisted", "voted", "decided", "finished" }.Select(name => Text(branches[0], name)));
        Assert.Equal(["POST /orders", "POST /stock"], shown.GetProperty("scopes").EnumerateArray().Select(scope => Text(scope, "name")));
        Assert.Equal(Known.InDoubt.PreparedName, Text(shown.GetProperty("inDoubt")[0], "preparedName"));
        Assert.Equal(90_000, shown.GetProperty("inDoubt")[0].GetProperty("ageMs").GetDouble());
        Assert.Equal("ada", Text(shown.GetProperty("audit")[0], "by"));
        Assert.Equal(-5_000, shown.GetProperty("raw").GetProperty("record").GetProperty("remainingMs").GetDouble());
        Assert.Equal("rolled-back", Text(shown.GetProperty("raw").GetProperty("forced")[0], "asked"));
    }

    [Fact]
    public async Task A_group_that_the_registry_has_forgotten_has_the_tree_of_its_branches()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.History = Known.History;
        app.Desk.Details = new FatGroupDetails { Gid = Known.Gid, Began = Known.Began };

        var shown = await app.GetAsync($"api/groups/{Known.Gid}");

        Assert.Equal(
            [("0-0a0a0a0a", "orders", true), ("1-0a1b2c3d", "stock", false)],
            shown.GetProperty("scopes").EnumerateArray().Select(scope => (Text(scope, "id")!, Text(scope, "service")!, scope.GetProperty("isRoot").GetBoolean())));
    }

    public static TheoryData<string, FatGroupHistory?, FatGroupDetails> States()
    {
        var bare = new FatGroupDetails { Gid = Known.Gid, Began = Known.Began };
        FatGroupHistory Told(FatOutcome outcome) => Known.History with { Group = Known.Past with { Outcome = outcome } };
        return new TheoryData<string, FatGroupHistory?, FatGroupDetails>
        {
            { "committed", Told(FatOutcome.Committed), bare },
            { "in-doubt", Told(FatOutcome.InDoubt), bare },
            { "committed", Told(FatOutcome.InDoubt), bare with { Decision = FatDecision.Committed } },
            { "unknown", Told(FatOutcome.Answered), bare },
            { "open", null, bare with { Record = Known.Record with { Remaining = TimeSpan.FromSeconds(3) }, InDoubt = [Known.InDoubt] } },
            { "open", null, bare with { Record = Known.Record } },
            { "open", null, bare with { RootService = "shop" } },
            { "in-doubt", null, Known.Details },
            { "in-doubt", null, bare with { InDoubt = [Known.InDoubt] } },
            { "unknown", null, bare with { Incidents = [Known.Incident] } },
        };
    }

    [Theory]
    [MemberData(nameof(States))]
    public async Task A_decision_tells_the_state_and_else_whoever_knows(string state, FatGroupHistory? history, FatGroupDetails details)
    {
        await using var app = await DashboardApp.StartAsync();
        (app.Desk.History, app.Desk.Details) = (history, details);

        Assert.Equal(state, Text(await app.GetAsync($"api/groups/{Known.Gid}"), "state"));
        Assert.Equal(state, Text((await app.GetAsync($"api/groups?gid={Known.Gid}")).GetProperty("items")[0], "state"));
    }

    [Fact]
    public async Task A_group_that_nobody_knows_is_not_there()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.Entries = Known.All<FatAuditEntry>();
        const string Stranger = "0193a000-0000-7000-8000-0000000000ff";

        await app.RefusesAsync(HttpStatusCode.NotFound, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At($"api/groups/{Stranger}")));
        Assert.Equal(0, (await app.GetAsync($"api/groups?gid={Stranger}")).GetProperty("items").GetArrayLength());
        await app.RefusesAsync(HttpStatusCode.NotFound, DashboardApp.Post($"api/groups/{Stranger}/force", """{"decision":"committed","reason":"r","seen":"x"}""", await app.TokenAsync()));
    }

    [Fact]
    public async Task A_decision_is_forced_with_who_and_why_and_what_the_operator_knows()
    {
        await using var app = await DashboardApp.StartAsync();

        using var answer = await app.ActAsync(Actions.Force, await Actions.BodyAsync(app, Actions.Force));

        Assert.Equal("""{"decision":"rolled-back","hadEffect":true,"finished":1,"published":true}""", await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal([$"force {Known.Gid} RolledBack by local: The customer called. (True, False)"], app.Desk.Done);
    }

    [Fact]
    public async Task A_page_that_is_out_of_date_cannot_force()
    {
        await using var app = await DashboardApp.StartAsync();
        var body = await Actions.BodyAsync(app, Actions.Force);
        var token = await app.TokenAsync();

        foreach (var changed in new[]
        {
            Known.Details with { Decision = FatDecision.Committed },
            Known.Details with { InDoubt = [] },
            Known.Details with { InDoubt = [Known.InDoubt with { Database = "other" }] },
            Known.Details with { Forced = Known.Decided.Forced },
            Known.Details with { Record = Known.Record with { Remaining = TimeSpan.FromSeconds(5) } },
        })
        {
            app.Desk.Details = changed;
            Assert.Equal("urn:fat:stale", (await app.RefusesAsync(HttpStatusCode.Conflict, DashboardApp.Post(Actions.Force, body, token)))["type"]);
        }

        // It only grows older.
        app.Desk.Details = Known.Details with { InDoubt = [Known.InDoubt with { Age = TimeSpan.FromHours(1) }] };
        using var done = await app.Client.SendAsync(DashboardApp.Post(Actions.Force, body, token), Stop);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    [Fact]
    public async Task What_a_list_has_shown_counts_as_long_as_no_decision_is_known()
    {
        await using var app = await DashboardApp.StartAsync();
        var item = (await app.GetAsync("api/in-doubt")).GetProperty("items")[0];
        Assert.Equal((Known.Gid, Known.Branch, Known.InDoubt.PreparedName), (Text(item, "gid"), Text(item, "branch"), Text(item, "preparedName")));
        var body = JsonSerializer.Serialize(new { decision = "committed", reason = "r", seen = Text(item, "seen") });
        var token = await app.TokenAsync();

        app.Desk.Details = Known.Details with { Decision = FatDecision.RolledBack };
        await app.RefusesAsync(HttpStatusCode.Conflict, DashboardApp.Post(Actions.Force, body, token));
        app.Desk.Details = Known.Details;
        using var done = await app.Client.SendAsync(DashboardApp.Post(Actions.Force, body, token), Stop);
        Assert.Equal(HttpStatusCode.OK, done.StatusCode);
    }

    [Fact]
    public async Task What_Fat_refuses_is_told_with_its_reason()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.ActionFails = new FatForceRefusedException(Known.Gid, "its root lives.");
        var problem = await app.RefusesAsync(HttpStatusCode.Conflict, DashboardApp.Post(Actions.Force, await Actions.BodyAsync(app, Actions.Force), await app.TokenAsync()));
        Assert.Equal("urn:fat:refused", problem["type"]);
        Assert.Contains("its root lives", problem["detail"], StringComparison.Ordinal);

        app.Desk.ActionFails = new FatInDoubtException(Known.Gid, "force it again");
        problem = await app.RefusesAsync(HttpStatusCode.ServiceUnavailable, DashboardApp.Post(Actions.Force, await Actions.BodyAsync(app, Actions.Force), await app.TokenAsync()));
        Assert.Equal("urn:fat:in-doubt", problem["type"]);

        app.Desk.ActionFails = new InvalidOperationException("A secret of the code.");
        problem = await app.RefusesAsync(HttpStatusCode.InternalServerError, DashboardApp.Post(Actions.Force, await Actions.BodyAsync(app, Actions.Force), await app.TokenAsync()));
        Assert.DoesNotContain("secret", problem["detail"], StringComparison.Ordinal);
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
