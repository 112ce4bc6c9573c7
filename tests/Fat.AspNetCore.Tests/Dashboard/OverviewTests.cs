using System.Text.Json;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>The numbers of the first page, the session, instances.</summary>
public sealed class OverviewTests
{
    [Fact]
    public async Task An_hour_and_a_week_have_their_points_totals_and_reasons()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.Minutes = [Known.Count with { Aborts = [] }, Known.Count with { Aborts = [], Median = null, P99 = null }];
        app.Desk.Hours = [Known.Count, Known.Count with { Committed = 100 }];

        var hour = await app.GetAsync("api/overview?service=orders");
        Assert.Equal(("orders", "hour", 60_000, 2), (Text(hour, "service"), Text(hour, "range"), hour.GetProperty("stepMs").GetInt64(), hour.GetProperty("points").GetArrayLength()));
        Assert.Equal("""{"at":"2026-01-31T07:30:00Z","committed":7,"rolledBack":2,"inDoubt":1,"p50Ms":12.5,"p99Ms":80}""", hour.GetProperty("points")[0].GetRawText());
        Assert.Equal(JsonValueKind.Null, hour.GetProperty("points")[1].GetProperty("p50Ms").ValueKind);
        Assert.Equal("""{"committed":14,"rolledBack":4,"inDoubt":2}""", hour.GetProperty("totals").GetRawText());
        Assert.Equal(4, Assert.Single(hour.GetProperty("reasons").EnumerateArray()).GetProperty("count").GetInt64());

        var week = await app.GetAsync("api/overview?range=week");
        Assert.Equal((null, "week", 3_600_000, 107), (Text(week, "service"), Text(week, "range"), week.GetProperty("stepMs").GetInt64(), week.GetProperty("totals").GetProperty("committed").GetInt64()));
    }

    [Fact]
    public async Task Reasons_are_ranked_and_the_many_rare_ones_stand_together_at_the_end()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.Hours =
        [
            Known.Count with { Aborts = [.. Enumerable.Range(1, 49).Select(number => new FatAbortCount(new FatGroupAbort("stock", "Reserve", $"reason {number}"), number)), new FatAbortCount(new FatGroupAbort("", "", ""), 1000)] },
            Known.Count with { Aborts = [.. Enumerable.Range(40, 49).Select(number => new FatAbortCount(new FatGroupAbort("stock", "Reserve", $"reason {number}"), number))] },
        ];

        var reasons = (await app.GetAsync("api/overview")).GetProperty("reasons").EnumerateArray().Select(reason => (Text(reason, "reason"), Count: reason.GetProperty("count").GetInt64())).ToList();

        Assert.Equal(51, reasons.Count);
        Assert.Equal(("reason 49", 98), reasons[0]);
        Assert.Equal(reasons.Take(50).OrderByDescending(reason => reason.Count).Select(reason => reason.Count), reasons.Take(50).Select(reason => reason.Count));
        Assert.Equal("", reasons[50].Item1);
        Assert.Equal(1000 + Enumerable.Range(1, 38).Sum(), reasons[50].Count);
    }

    [Fact]
    public async Task What_is_now_is_counted()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.Open = (service, _, _) => Known.All(Enumerable.Repeat(new FatOpenGroup(Known.Gid, Known.Began, service, "-", TimeSpan.Zero, null), service == "stock" ? 2 : 1).ToArray());

        Assert.Equal("""{"open":4,"inDoubt":1,"oldestInDoubtMs":90000,"incidents":1,"failedMessages":12}""", (await app.GetAsync("api/overview")).GetProperty("now").GetRawText());
        Assert.Equal(2, (await app.GetAsync("api/overview?service=stock")).GetProperty("now").GetProperty("open").GetInt32());
    }

    [Fact]
    public async Task What_is_away_is_named_and_not_taken_for_nothing()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.RegistryIsAway = true;
        app.Desk.Open = (_, _, _) => new FatList<FatOpenGroup>([], HasMore: false, ["registry"]);
        app.Desk.Details = Known.Details with { InDoubt = [], Unreachable = ["store"] };

        var overview = await app.GetAsync("api/overview");

        Assert.Equal("""["registry","store"]""", overview.GetProperty("unreachable").GetRawText());
        Assert.Equal("""{"open":null,"inDoubt":null,"oldestInDoubtMs":null,"incidents":1,"failedMessages":null}""", overview.GetProperty("now").GetRawText());
        Assert.Equal(0, overview.GetProperty("points").GetArrayLength());
    }

    [Fact]
    public async Task A_session_says_who_and_where_also_without_the_registry()
    {
        await using var app = await DashboardApp.StartAsync();

        var session = await app.GetAsync("api/session");
        Assert.Equal(("shop", Known.Instance.Id, "local", false), (Text(session, "service"), Text(session, "instance"), Text(session, "user"), session.GetProperty("readOnly").GetBoolean()));
        Assert.Equal("""["orders","shop","stock"]""", session.GetProperty("services").GetRawText());
        Assert.False(string.IsNullOrEmpty(Text(session, "version")));

        app.Desk.RegistryIsAway = true;
        session = await app.GetAsync("api/session");
        Assert.Equal(("shop", null, """["shop"]"""), (Text(session, "service"), Text(session, "instance"), session.GetProperty("services").GetRawText()));
    }

    [Fact]
    public async Task An_instance_tells_how_it_is()
    {
        await using var app = await DashboardApp.StartAsync();

        var instance = (await app.GetAsync("api/instances")).GetProperty("items")[0];

        Assert.Equal((3_000.0, true), (instance.GetProperty("silenceMs").GetDouble(), instance.GetProperty("alive").GetBoolean()));
        Assert.Equal(0.4, instance.GetProperty("status").GetProperty("registryLatencyMs").GetDouble());
        Assert.Equal("""[{"name":"orders","product":"PostgreSQL","isDurable":true,"holdsDecisions":true}]""", instance.GetProperty("status").GetProperty("databases").GetRawText());
    }

    private static string? Text(JsonElement element, string name) => element.GetProperty(name).GetString();
}
