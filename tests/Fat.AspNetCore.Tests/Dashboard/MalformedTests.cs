using System.Net;
using System.Text;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>What makes no sense is answered with 400 and the reason, never with 500, and nothing is done.</summary>
public sealed class MalformedTests
{
    private const string Seen = "\"seen\":\"x\"";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string> Bodies() => new()
    {
        { Actions.Force, "", "not JSON" },
        { Actions.Force, "null", "not a JSON object" },
        { Actions.Force, "[]", "not a JSON object" },
        { Actions.Force, "\"text\"", "not a JSON object" },
        { Actions.Force, "{", "not JSON" },
        { Actions.Force, "{} {}", "not JSON" },
        { Actions.Force, "{'decision':1}", "not JSON" },
        { Actions.Force, "{/* why */}", "not JSON" },
        { Actions.Force, """{"a":[[[[[[1]]]]]]}""", "not JSON" },
        { Actions.Force, """{"reason":"a","reason":"b"}""", "not JSON" },
        { Actions.Force, """{"\ud800":1}""", "not JSON" },
        { Actions.Force, "{}", "'decision'" },
        { Actions.Force, $$"""{"decision":"maybe","reason":"r",{{Seen}}}""", "'decision' is to be one of committed, rolled-back" },
        { Actions.Force, $$"""{"decision":"RolledBack","reason":"r",{{Seen}}}""", "'decision'" },
        { Actions.Force, $$"""{"decision":1,"reason":"r",{{Seen}}}""", "'decision' is not a text" },
        { Actions.Force, $$"""{"decision":"committed",{{Seen}}}""", "'reason' is missing" },
        { Actions.Force, $$"""{"decision":"committed","reason":null,{{Seen}}}""", "'reason' is missing" },
        { Actions.Force, $$"""{"decision":"committed","reason":"  ",{{Seen}}}""", "'reason' is missing" },
        { Actions.Force, $$"""{"decision":"committed","reason":"{{new string('x', 2001)}}",{{Seen}}}""", "2001 characters" },
        { Actions.Force, $$"""{"decision":"committed","reason":"a\u0000b",{{Seen}}}""", "null character" },
        { Actions.Force, $$"""{"decision":"committed","reason":"\ud800",{{Seen}}}""", "'reason' is not a text" },
        { Actions.Force, $$"""{"decision":"committed","reason":{"a":1},{{Seen}}}""", "'reason' is not a text" },
        { Actions.Force, """{"decision":"committed","reason":"r"}""", "'seen' is missing" },
        { Actions.Force, $$"""{"decision":"committed","reason":"r","seen":"{{new string('x', 65)}}"}""", "65 characters" },
        { Actions.Force, $$"""{"decision":"committed","reason":"r",{{Seen}},"rootWroteNothing":"yes"}""", "'rootWroteNothing'" },
        { Actions.Force, $$"""{"decision":"committed","reason":"r",{{Seen}},"force":true}""", "not known: force" },
        { Actions.Force, $$"""{"Decision":"committed","reason":"r",{{Seen}}}""", "'decision'" },
        { Actions.Replay, """{"reason":"r"}""", "'version'" },
        { Actions.Replay, """{"version":"3","reason":"r"}""", "'version'" },
        { Actions.Replay, """{"version":3.5,"reason":"r"}""", "'version'" },
        { Actions.Replay, """{"version":-1,"reason":"r"}""", "'version'" },
        { Actions.Replay, """{"version":99999999999,"reason":"r"}""", "'version'" },
        { Actions.Replay, """{"version":3,"note":"r"}""", "'reason'" },
        { Actions.Close, """{"version":3,"reason":"r"}""", "'note'" },
        { Actions.Retry, $$"""{"branch":7,"reason":"r",{{Seen}}}""", "'branch'" },
        { Actions.Retry, $$"""{"branch":"{{new string('0', 21)}}","reason":"r",{{Seen}}}""", "21 characters" },
        { Actions.Retry, $$"""{"reason":"{{new string('x', 1901)}}",{{Seen}}}""", "1901 characters" },
        { Actions.Redeliver, $$"""{"reason":"r",{{Seen}}}""", "'branch' is missing" },
        { Actions.Cancel, $$"""{"branch":"01","reason":"r",{{Seen}}}""", "not known: branch" },
        { "api/groups/x/force", "{}", "not the id of a group" },
        { "api/groups/0193A000-0000-7000-8000-000000000001/force", "{}", "not the id of a group" },
        { "api/incidents/x/1-0a1b2c3d-1/close", "{}", "not the id of a group" },
        { $"api/incidents/{Known.Gid}/7/replay", "{}", "not the id of a branch" },
        { "api/messages/a%20b/retry", "{}", "not the id of a message" },
    };

    [Theory]
    [MemberData(nameof(Bodies))]
    public async Task A_body_that_makes_no_sense_is_refused(string action, string body, string detail)
    {
        await using var app = await DashboardApp.StartAsync();

        var problem = await app.RefusesAsync(HttpStatusCode.BadRequest, DashboardApp.Post(action, body, await app.TokenAsync()));

        Assert.Contains(detail, problem["detail"], StringComparison.Ordinal);
        Assert.Equal("urn:fat:malformed", problem["type"]);
    }

    [Fact]
    public async Task Bytes_that_are_not_text_are_refused()
    {
        await using var app = await DashboardApp.StartAsync();
        foreach (var body in new byte[][]
        {
            [.. "{\"decision\":\"committed\",\"reason\":\""u8, 0xC3, 0x28, .. "\",\"seen\":\"x\"}"u8],
            [.. "{\""u8, 0xFF, .. "\":1}"u8],
            [0x00, 0x01, 0xFE],
            [.. Encoding.UTF8.Preamble, .. "{}"u8],
        })
        {
            using var request = DashboardApp.Post(Actions.Force, string.Empty, await app.TokenAsync());
            request.Content = new ByteArrayContent(body);
            request.Content.Headers.ContentType = new("application/json");
            await app.RefusesAsync(HttpStatusCode.BadRequest, request);
        }
    }

    [Theory]
    [InlineData("api/overview?range=day", "'range'")]
    [InlineData("api/overview?range=hour&range=week", "more than once")]
    [InlineData("api/overview?service=%3Cb%3E", "'service'")]
    [InlineData("api/overview?service=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "'service'")]
    [InlineData("api/events?service=a%00b", "'service'")]
    [InlineData("api/groups?state=done", "'state'")]
    [InlineData("api/groups?state=Open", "'state'")]
    [InlineData("api/groups?from=yesterday", "'from'")]
    [InlineData("api/groups?from=10:00", "'from'")]
    [InlineData("api/groups?to=2026-13-01", "'to'")]
    [InlineData("api/groups?limit=0", "'limit'")]
    [InlineData("api/groups?limit=1001", "'limit'")]
    [InlineData("api/groups?limit=-1", "'limit'")]
    [InlineData("api/groups?limit=many", "'limit'")]
    [InlineData("api/groups?limit=99999999999999999999", "'limit'")]
    [InlineData("api/groups?gid=x", "not the id of a group")]
    [InlineData("api/groups?cursor=not-given", "not the place of a page")]
    [InlineData("api/groups?state=open&cursor=x", "'cursor'")]
    [InlineData("api/groups?state=open&cursor=-1.orders", "'cursor'")]
    [InlineData("api/groups?state=open&cursor=1", "'cursor'")]
    [InlineData("api/groups/x", "not the id of a group")]
    [InlineData("api/groups/00000000-0000-0000-0000-000000000000", "not the id of a group")]
    [InlineData("api/in-doubt?skip=100001", "'skip'")]
    [InlineData("api/in-doubt?skip=1e3", "'skip'")]
    [InlineData("api/incidents?open=yes", "'open'")]
    [InlineData("api/incidents/0193a000-0000-7000-8000-000000000001/x", "not the id of a branch")]
    [InlineData("api/incidents/0193a000-0000-7000-8000-000000000001/1-0A1B2C3D-1", "not the id of a branch")]
    [InlineData("api/messages?state=lost", "'state'")]
    [InlineData("api/messages?gid=a%2Fb", "not the id of a message")]
    [InlineData("api/messages/%3Cscript%3E", "not the id of a message")]
    public async Task A_question_that_makes_no_sense_is_refused(string address, string detail)
    {
        await using var app = await DashboardApp.StartAsync();

        var problem = await app.RefusesAsync(HttpStatusCode.BadRequest, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At(address)));

        Assert.Contains(detail, problem["detail"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_subject_and_a_cursor_have_their_length()
    {
        await using var app = await DashboardApp.StartAsync();

        await app.RefusesAsync(HttpStatusCode.BadRequest, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("api/audit?subject=" + new string('x', 129))));
        await app.RefusesAsync(HttpStatusCode.BadRequest, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("api/groups?cursor=" + new string('x', 201))));
    }

    [Theory]
    [InlineData("api/groups?from=2026-01-31T09:30:00.000Z&to=2026-01-31", "2026-01-31T09:30:00Z", "2026-01-31T00:00:00Z")]
    [InlineData("api/groups?from=2026-01-31T09:30&to=2026-01-31T09:30:00%2B02:00", "2026-01-31T09:30:00Z", "2026-01-31T07:30:00Z")]
    public async Task Times_are_UTC_unless_they_say_otherwise(string address, string from, string to)
    {
        await using var app = await DashboardApp.StartAsync();

        using var answer = await app.Client.GetAsync(DashboardApp.At(address), Stop);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal((DateTimeOffset.Parse(from), DateTimeOffset.Parse(to)), (app.Desk.Asked!.From, app.Desk.Asked.To));
    }
}
