using System.Net;
using System.Text.Json;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>Messages and incidents: lists, one of them, and what is done about it, recorded before it is.</summary>
public sealed class MessageTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Messages_are_listed_by_state_the_failed_ones_unless_others_are_asked_for()
    {
        await using var app = await DashboardApp.StartAsync();

        var failed = await app.GetAsync("api/messages");
        Assert.Equal(Known.Message, failed.GetProperty("items")[0].GetProperty("gid").GetString());
        Assert.False(failed.GetProperty("hasMore").GetBoolean());
        Assert.Equal("""{"prepared":10,"submitted":11,"failed":12,"consumed":13,"cancelled":14}""", failed.GetProperty("counts").GetRawText());
        Assert.Equal(0, (await app.GetAsync("api/messages?state=consumed")).GetProperty("items").GetArrayLength());
        Assert.Equal(1, (await app.GetAsync($"api/messages?state=consumed&gid={Known.Message}")).GetProperty("items").GetArrayLength());
        Assert.Equal(0, (await app.GetAsync("api/messages?gid=nobody")).GetProperty("items").GetArrayLength());
        await app.RefusesAsync(HttpStatusCode.NotFound, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("api/messages/nobody")));
    }

    [Fact]
    public async Task Payloads_and_arguments_are_shown_unless_they_are_not_to_be()
    {
        await using (var app = await DashboardApp.StartAsync())
        {
            var branch = (await app.GetAsync($"api/messages/{Known.Message}")).GetProperty("branches")[0];
            Assert.Equal((Known.MessageDetails.Branches[0].Payload, false), (branch.GetProperty("payload").GetString(), branch.GetProperty("payloadHidden").GetBoolean()));
            Assert.Equal(Known.IncidentDetails.Arguments, (await app.GetAsync($"api/incidents/{Known.Gid}/{Known.Branch}")).GetProperty("arguments").GetString());
        }

        await using (var app = await DashboardApp.StartAsync(options => options.ShowPayloads = false))
        {
            var text = (await app.GetAsync($"api/messages/{Known.Message}")).GetRawText() + (await app.GetAsync($"api/incidents/{Known.Gid}/{Known.Branch}")).GetRawText();
            Assert.DoesNotContain("script", text, StringComparison.Ordinal);
            Assert.DoesNotContain("count", text, StringComparison.Ordinal);
            Assert.Contains("\"payloadHidden\":true", text, StringComparison.Ordinal);
            Assert.Contains("ShowPayloads", text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("retry", "audit {0} retry by local: branch 01: The customer called.", "retry {0} 01")]
    [InlineData("redeliver", "audit {0} redeliver by local: branch 01: The customer called.", "redeliver {0} 01")]
    [InlineData("cancel", "audit {0} cancel by local: The customer called.", "cancel {0}: The customer called.")]
    public async Task What_is_done_about_a_message_is_recorded_before(string action, string recorded, string done)
    {
        await using var app = await DashboardApp.StartAsync();
        var address = $"api/messages/{Known.Message}/{action}";

        using var answer = await app.ActAsync(address, await Actions.BodyAsync(app, address));

        Assert.Equal("""{"changed":1}""", await answer.Content.ReadAsStringAsync(Stop));
        Assert.Equal([string.Format(recorded, Known.Message), string.Format(done, Known.Message)], app.Desk.Done);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("redeliver")]
    [InlineData("cancel")]
    public async Task What_cannot_be_recorded_is_not_done(string action)
    {
        await using var app = await DashboardApp.StartAsync();
        var address = $"api/messages/{Known.Message}/{action}";
        var body = await Actions.BodyAsync(app, address);
        app.Desk.AuditFails = new FatMonitorUnavailableException("This service has no database for it.");

        var problem = await app.RefusesAsync(HttpStatusCode.ServiceUnavailable, DashboardApp.Post(address, body, await app.TokenAsync()));

        Assert.Contains("no database", problem["detail"], StringComparison.Ordinal);
        Assert.Equal("""["audit"]""", (await app.GetAsync($"api/messages/{Known.Message}")).GetProperty("unreachable").GetRawText());
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("redeliver")]
    [InlineData("cancel")]
    public async Task A_page_that_is_out_of_date_cannot_act(string action)
    {
        await using var app = await DashboardApp.StartAsync();
        var address = $"api/messages/{Known.Message}/{action}";
        var body = await Actions.BodyAsync(app, address);
        var token = await app.TokenAsync();
        var branch = Known.MessageDetails.Branches[0];

        foreach (var changed in new[]
        {
            Known.MessageDetails with { State = FatMessageState.Submitted },
            Known.MessageDetails with { Branches = [branch with { Attempts = 5 }] },
            Known.MessageDetails with { Branches = [branch with { State = FatMessageBranchState.Delivering }] },
            Known.MessageDetails with { Branches = [branch, branch with { BranchId = "02" }] },
        })
        {
            app.Desk.Message = changed;
            Assert.Equal("urn:fat:stale", (await app.RefusesAsync(HttpStatusCode.Conflict, DashboardApp.Post(address, body, token)))["type"]);
        }

        app.Desk.Message = null;
        await app.RefusesAsync(HttpStatusCode.NotFound, DashboardApp.Post(address, body, token));
    }

    [Fact]
    public async Task All_branches_are_retried_when_none_is_named_and_none_that_is_not_there()
    {
        await using var app = await DashboardApp.StartAsync();
        var seen = (await app.GetAsync($"api/messages/{Known.Message}")).GetProperty("seen").GetString();

        await app.RefusesAsync(HttpStatusCode.NotFound, DashboardApp.Post(Actions.Retry, JsonSerializer.Serialize(new { branch = "07", reason = "r", seen }), await app.TokenAsync()));
        using var answer = await app.ActAsync(Actions.Retry, JsonSerializer.Serialize(new { branch = (string?)null, reason = "r", seen }));
        Assert.Equal([$"audit {Known.Message} retry by local: r", $"retry {Known.Message} "], app.Desk.Done);
    }

    [Fact]
    public async Task A_registry_that_is_away_is_told_as_such()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.RegistryIsAway = true;

        foreach (var address in new[] { "api/messages", $"api/messages/{Known.Message}", "api/subscriptions", "api/instances" })
            Assert.Equal("urn:fat:away", (await app.RefusesAsync(HttpStatusCode.ServiceUnavailable, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At(address))))["type"]);
    }

    [Fact]
    public async Task Incidents_are_listed_shown_and_dealt_with_by_the_version_that_was_seen()
    {
        await using var app = await DashboardApp.StartAsync();

        Assert.Equal(1, (await app.GetAsync("api/incidents")).GetProperty("items").GetArrayLength());
        Assert.Equal(2, (await app.GetAsync("api/incidents?open=false")).GetProperty("items").GetArrayLength());
        Assert.Equal(3, (await app.GetAsync($"api/incidents/{Known.Gid}/{Known.Branch}")).GetProperty("version").GetInt32());
        using var replayed = await app.ActAsync(Actions.Replay, await Actions.BodyAsync(app, Actions.Replay));
        Assert.Equal("replayed", JsonElement.Parse(await replayed.Content.ReadAsStringAsync(Stop)).GetProperty("state").GetString());
        using var closed = await app.ActAsync(Actions.Close, await Actions.BodyAsync(app, Actions.Close));
        Assert.Equal("closed", JsonElement.Parse(await closed.Content.ReadAsStringAsync(Stop)).GetProperty("state").GetString());
        Assert.Equal(
            [$"replay {Known.Gid} {Known.Branch} 3 by local: The customer called. (True)", $"close {Known.Gid} {Known.Branch} 3 by local: Done by hand."], app.Desk.Done);
    }

    [Fact]
    public async Task An_incident_that_has_moved_on_is_left_alone()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.ActionFails = new FatIncidentRefusedException(Known.Gid, Known.Branch, "it has moved on.");

        foreach (var action in new[] { Actions.Replay, Actions.Close })
            Assert.Equal("urn:fat:refused", (await app.RefusesAsync(HttpStatusCode.Conflict, DashboardApp.Post(action, await Actions.BodyAsync(app, action), await app.TokenAsync())))["type"]);
        app.Desk.Incident = null;
        await app.RefusesAsync(HttpStatusCode.NotFound, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At($"api/incidents/{Known.Gid}/{Known.Branch}")));
    }
}
