using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Fat.AspNetCore.Tests.Support;

namespace Fat.AspNetCore.Tests;

/// <summary>What a program that is written with Dtmcli sends, in the order in which its methods send it, and what they accept (<c>DtmImp/Utils.CheckStatus</c>: 200, and no FAILURE in the text).</summary>
public sealed class DtmcliTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_message_is_prepared_submitted_and_queried()
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await SendAsync(app, "prepare", DtmcliRequests.Message(gid, app.Url("in"), app.Url("prepared")));
        await SendAsync(app, "submit", DtmcliRequests.Message(gid, app.Url("in"), app.Url("prepared"), wait: true));

        Assert.Equal(["POST in msg 01 action {\"UserId\":\"1\",\"Amount\":30}"], app.Calls);
        var told = await app.GetAsync($"query?gid={gid}");
        Assert.Equal("succeed", told.GetProperty("transaction").GetProperty("status").GetString());
        Assert.True(told.GetProperty("transaction").GetProperty("finish_time").GetDateTimeOffset() > DateTimeOffset.UnixEpoch);
    }

    [Fact]
    public async Task A_message_that_the_business_refuses_is_aborted()
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await SendAsync(app, "prepare", DtmcliRequests.Message(gid, app.Url("in"), app.Url("prepared")));
        await SendAsync(app, "abort", DtmcliRequests.Message(gid, app.Url("in"), app.Url("prepared")));

        Assert.Equal("failed", (await app.GetAsync($"query?gid={gid}")).GetProperty("transaction").GetProperty("status").GetString());
        Assert.Empty(app.Calls);
    }

    [Fact]
    public async Task A_message_that_nobody_submits_is_asked_for()
    {
        await using var app = await DtmApp.StartAsync(options => options.Messages.TimeoutToFail = TimeSpan.FromSeconds(1));
        var gid = await NewGidAsync(app);
        await SendAsync(app, "prepare", DtmcliRequests.Message(gid, app.Url("in"), app.Url("prepared")));

        await UntilAsync(app, gid, "succeed");
        Assert.Equal(["GET prepared msg 00 msg", "POST in msg 01 action {\"UserId\":\"1\",\"Amount\":30}"], app.Calls);
    }

    [Fact]
    public async Task A_delayed_message_comes_later()
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await SendAsync(app, "prepare", DtmcliRequests.Message(gid, app.Url("in"), app.Url("prepared")));
        var began = TimeProvider.System.GetTimestamp();
        await SendAsync(app, "submit", DtmcliRequests.Message(gid, app.Url("in"), app.Url("prepared"), customData: "\"{\\u0022delay\\u0022:1}\""));

        await UntilAsync(app, gid, "succeed");
        Assert.True(TimeProvider.System.GetElapsedTime(began) >= TimeSpan.FromSeconds(0.95));
    }

    [Fact]
    public async Task A_saga_succeeds_or_is_taken_back()
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await SendAsync(app, "submit", DtmcliRequests.Saga(gid, app.Url("out"), app.Url("in"), app.Url("back"), wait: true));
        Assert.Equal(["POST out saga 01 action {\"Amount\":30}", "POST in saga 02 action {\"Amount\":30}"], app.Calls);

        app.Calls.Clear();
        gid = await NewGidAsync(app);
        var (status, text) = await PostAsync(app, "submit", DtmcliRequests.Saga(gid, app.Url("out"), app.Url("no"), app.Url("back"), wait: true));
        Assert.Equal(HttpStatusCode.Conflict, status);
        Assert.Contains("FAILURE", text, StringComparison.Ordinal);
        Assert.Equal(["POST back saga 02 compensate {\"Amount\":30}", "POST back saga 01 compensate {\"Amount\":30}"], app.Calls.Skip(2));
    }

    [Theory]
    [InlineData("query?gid=")]
    [InlineData("all?gid=")]
    public async Task What_is_known_of_a_failed_one_does_not_read_as_a_failure(string request)
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await PostAsync(app, "submit", DtmcliRequests.Saga(gid, app.Url("out"), app.Url("no"), app.Url("back"), wait: true));

        var text = await app.Client.GetStringAsync(app.Path(request + gid), Stop);
        Assert.DoesNotContain("FAILURE", text, StringComparison.Ordinal);
        Assert.DoesNotContain("ONGOING", text, StringComparison.Ordinal);
        var told = JsonDocument.Parse(text).RootElement;
        var transaction = request[0] == 'q' ? told.GetProperty("transaction") : told.GetProperty("transactions")[0];
        Assert.EndsWith("answered 409: FAILURE: sold out", transaction.GetProperty("rollback_reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_query_has_the_steps_as_Dtmcli_reads_them()
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await SendAsync(app, "submit", DtmcliRequests.Saga(gid, app.Url("out"), app.Url("in"), app.Url("back"), wait: true));
        var saga = (await app.GetAsync($"query?gid={gid}")).GetProperty("transaction");
        Assert.Equal(
            [(app.Url("out"), app.Url("back")), (app.Url("in"), app.Url("back"))],
            saga.GetProperty("steps").EnumerateArray().Select(step => (step.GetProperty("action").GetString()!, step.GetProperty("compensate").GetString()!)));
        Assert.Equal(["{\"Amount\":30}", "{\"Amount\":30}"], saga.GetProperty("payloads").EnumerateArray().Select(payload => payload.GetString()!));

        gid = await NewGidAsync(app);
        await SendAsync(app, "prepare", DtmcliRequests.Tcc(gid));
        await SendAsync(app, "registerBranch", DtmcliRequests.Branch(gid, "01", app.Url("confirm"), app.Url("cancel")));
        Assert.False((await app.GetAsync($"query?gid={gid}")).GetProperty("transaction").TryGetProperty("steps", out _));
    }

    [Fact]
    public async Task A_concurrent_saga_has_its_order()
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await SendAsync(app, "submit", DtmcliRequests.Saga(gid, app.Url("second"), app.Url("first"), app.Url("back"), wait: true, "\"{\\u0022orders\\u0022:{\\u00220\\u0022:[1]},\\u0022concurrent\\u0022:true}\""));

        Assert.Equal(["POST first saga 02 action {\"Amount\":30}", "POST second saga 01 action {\"Amount\":30}"], app.Calls);
    }

    [Fact]
    public async Task A_tcc_is_confirmed_or_cancelled()
    {
        await using var app = await DtmApp.StartAsync();
        var gid = await NewGidAsync(app);
        await SendAsync(app, "prepare", DtmcliRequests.Tcc(gid));
        await SendAsync(app, "registerBranch", DtmcliRequests.Branch(gid, "01", app.Url("confirm"), app.Url("cancel")));
        await SendAsync(app, "registerBranch", DtmcliRequests.Branch(gid, "02", app.Url("confirm"), app.Url("cancel")));
        await SendAsync(app, "submit", DtmcliRequests.Tcc(gid));
        Assert.Equal(["POST confirm tcc 02 confirm {\"Amount\":30}", "POST confirm tcc 01 confirm {\"Amount\":30}"], app.Calls);

        app.Calls.Clear();
        gid = await NewGidAsync(app);
        await SendAsync(app, "prepare", DtmcliRequests.Tcc(gid));
        await SendAsync(app, "registerBranch", DtmcliRequests.Branch(gid, "01", app.Url("confirm"), app.Url("cancel")));
        await SendAsync(app, "abort", DtmcliRequests.Tcc(gid, "No seat."));
        Assert.Equal(["POST cancel tcc 01 cancel {\"Amount\":30}"], app.Calls);
        Assert.Equal("No seat.", (await app.GetAsync($"query?gid={gid}")).GetProperty("transaction").GetProperty("rollback_reason").GetString());
    }

    private static async Task<string> NewGidAsync(DtmApp app) => (await app.GetAsync("newGid")).GetProperty("gid").GetString()!;

    private static async Task SendAsync(DtmApp app, string request, string body)
    {
        var (status, text) = await PostAsync(app, request, body);
        Assert.True(status == HttpStatusCode.OK && !text.Contains("FAILURE", StringComparison.Ordinal), $"{status}: {text}");
    }

    private static async Task<(HttpStatusCode Status, string Text)> PostAsync(DtmApp app, string request, string body)
    {
        using var content = new StringContent(body, Encoding.UTF8);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json");
        using var answer = await app.Client.PostAsync(app.Path(request), content, Stop);
        return (answer.StatusCode, await answer.Content.ReadAsStringAsync(Stop));
    }

    private static async Task UntilAsync(DtmApp app, string gid, string status)
    {
        while ((await app.GetAsync($"query?gid={gid}")).GetProperty("transaction").GetProperty("status").GetString() != status)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
    }
}
