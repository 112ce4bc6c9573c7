using System.Net;
using System.Text;
using System.Text.Json;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fat.AspNetCore.Tests;

/// <summary>The HTTP interface of a DTM server: its endpoints, its replies, its refusals.</summary>
public sealed class DtmApiTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_gid_is_new_each_time_and_the_version_is_told()
    {
        await using var app = await DtmApp.StartAsync();

        var one = await app.GetAsync("newGid");
        Assert.Equal("SUCCESS", one.GetProperty("dtm_result").GetString());
        Assert.NotEqual(one.GetProperty("gid").GetString(), (await app.GetAsync("newGid")).GetProperty("gid").GetString());
        Assert.StartsWith("fat", (await app.GetAsync("version")).GetProperty("version").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_request_has_DTMs_reply()
    {
        await using var app = await DtmApp.StartAsync();
        var message = $$"""{"gid":"m1","trans_type":"msg","steps":[{"action":"{{app.Url("ok")}}"}],"payloads":["{}"],"query_prepared":"{{app.Url("ok")}}"}""";

        await app.RepliesAsync("prepare", message, HttpStatusCode.OK, "SUCCESS", null);
        await app.RepliesAsync("prepare", message, HttpStatusCode.OK, "SUCCESS", null);
        await app.RepliesAsync("resetNextCronTime", """{"gid":"m1"}""", HttpStatusCode.OK, "SUCCESS", null);
        var all = await app.GetAsync("all?limit=1");
        Assert.Equal(("m1", "m1"), (all.GetProperty("transactions")[0].GetProperty("gid").GetString(), all.GetProperty("next_position").GetString()));
        Assert.Equal(0, (await app.GetAsync("all?position=m1")).GetProperty("transactions").GetArrayLength());
        await app.RepliesAsync("abort", """{"gid":"m1","trans_type":"msg"}""", HttpStatusCode.OK, "SUCCESS", null);
        await app.RepliesAsync("submit", message, HttpStatusCode.Conflict, "FAILURE", "current status 'failed', cannot submit");
        await app.RepliesAsync("prepare", message, HttpStatusCode.Conflict, "FAILURE", "cannot prepare");
        await app.RepliesAsync("abort", """{"gid":"m1","trans_type":"msg"}""", HttpStatusCode.Conflict, "FAILURE", "cannot abort");
        await app.RepliesAsync("forceStop", """{"gid":"m1"}""", HttpStatusCode.Conflict, "FAILURE", "cannot force stop");
        await app.RepliesAsync("forceStop", """{"gid":"nobody"}""", HttpStatusCode.Conflict, "FAILURE", "no transaction 'nobody'");
        await app.RepliesAsync("registerBranch", """{"gid":"nobody","trans_type":"tcc","branch_id":"01"}""", HttpStatusCode.Conflict, "FAILURE", "no transaction");
        await app.RepliesAsync("submit", message.Replace("m1", "m2", StringComparison.Ordinal), HttpStatusCode.OK, "SUCCESS", null);
    }

    [Fact]
    public async Task A_query_tells_of_the_transaction_and_its_branches()
    {
        await using var app = await DtmApp.StartAsync();
        await app.RepliesAsync(
            "submit", $$"""{"gid":"s1","trans_type":"saga","wait_result":true,"steps":[{"action":"{{app.Url("no")}}","compensate":"{{app.Url("ok")}}"}],"payloads":["{\"amount\":30}"]}""",
            HttpStatusCode.Conflict, "FAILURE", "sold out");

        var told = await app.GetAsync("query?gid=s1");
        var transaction = told.GetProperty("transaction");
        Assert.Equal(("s1", "saga", "failed"), (transaction.GetProperty("gid").GetString(), transaction.GetProperty("trans_type").GetString(), transaction.GetProperty("status").GetString()));
        Assert.Contains("sold out", transaction.GetProperty("rollback_reason").GetString(), StringComparison.Ordinal);
        Assert.True(transaction.GetProperty("rollback_time").GetDateTimeOffset() >= transaction.GetProperty("create_time").GetDateTimeOffset());
        var branches = told.GetProperty("branches").EnumerateArray().ToList();
        Assert.Equal([("01", "compensate", "succeed"), ("01", "action", "failed")], branches.Select(branch => (branch.GetProperty("branch_id").GetString()!, branch.GetProperty("op").GetString()!, branch.GetProperty("status").GetString()!)));
        Assert.Equal("""{"amount":30}""", Encoding.UTF8.GetString(branches[0].GetProperty("bin_data").GetBytesFromBase64()));
        Assert.Equal(JsonValueKind.Null, (await app.GetAsync("query?gid=nobody")).GetProperty("transaction").ValueKind);
        Assert.Equal(HttpStatusCode.BadRequest, (await app.Client.GetAsync(app.Path("query"), Stop)).StatusCode);
        Assert.Equal(1, (await app.GetAsync("all?gid=s1")).GetProperty("transactions").GetArrayLength());
    }

    [Theory]
    [InlineData("submit", "", "not the JSON of a transaction")]
    [InlineData("submit", "null", "not a JSON object")]
    [InlineData("submit", """{"gid":""", "not the JSON of a transaction")]
    [InlineData("submit", """{"gid":7,"trans_type":"msg"}""", "not the JSON of a transaction")]
    [InlineData("submit", """{"trans_type":"msg"}""", "gid '' is not one")]
    [InlineData("submit", """{"gid":"a b","trans_type":"msg"}""", "gid 'a b' is not one")]
    [InlineData("submit", """{"gid":"dtm:a","trans_type":"msg"}""", "do not begin with dtm:")]
    [InlineData("submit", """{"gid":"a","trans_type":"xa"}""", "trans_type 'xa' is not supported")]
    [InlineData("prepare", """{"gid":"a","trans_type":"workflow"}""", "trans_type 'workflow' is not supported")]
    [InlineData("prepare", """{"gid":"a","trans_type":"msg"}""", "query_prepared is missing")]
    [InlineData("submit", """{"gid":"a","trans_type":"msg","protocol":"grpc"}""", "protocol 'grpc' is not supported")]
    [InlineData("submit", """{"gid":"a","trans_type":"msg","retry_interval":-1}""", "retry_interval")]
    [InlineData("submit", """{"gid":"a","trans_type":"msg","steps":[{"action":"localhost:1/a"}]}""", "not an absolute address")]
    [InlineData("submit", """{"gid":"a","trans_type":"msg","steps":[{"action":"file:///etc/passwd"}]}""", "not an absolute address")]
    [InlineData("submit", """{"gid":"a","trans_type":"msg","steps":[{"action":"topic://orders"}]}""", "topics are not supported")]
    [InlineData("submit", """{"gid":"a","trans_type":"msg","custom_data":"{\"delay\":\"soon\"}"}""", "custom_data")]
    [InlineData("submit", """{"gid":"a","trans_type":"saga","steps":[{}],"custom_data":"{\"concurrent\":true,\"orders\":{\"0\":[0]}}"}""", "orders")]
    [InlineData("registerBranch", """{"gid":"a","trans_type":"xa","branch_id":"01"}""", "trans_type 'xa' is not supported")]
    [InlineData("registerBranch", """{"gid":"a","trans_type":"tcc","branch_id":""}""", "branch_id")]
    [InlineData("registerBranch", """{"gid":"a","trans_type":"tcc","branch_id":"01","confirm":"ftp://x"}""", "not an absolute address")]
    public async Task What_makes_no_sense_is_refused_in_words(string request, string body, string message)
    {
        await using var app = await DtmApp.StartAsync();

        await app.RepliesAsync(request, body, HttpStatusCode.BadRequest, "FAILURE", message);
        Assert.Equal(0, (await app.GetAsync("all")).GetProperty("transactions").GetArrayLength());
    }

    [Fact]
    public async Task What_is_too_large_is_refused()
    {
        await using var app = await DtmApp.StartAsync(options => options.Messages.SizeLimit = 2_000);

        await app.RepliesAsync("submit", $$"""{"gid":"a","trans_type":"msg","steps":[{}],"payloads":["{{new string('x', 2_000)}}"]}""", HttpStatusCode.BadRequest, "FAILURE", "2000 bytes");
        await app.RepliesAsync("submit", $$"""{"gid":"a","trans_type":"msg","steps":[{}],"payloads":["{{new string('x', 9_000)}}"]}""", HttpStatusCode.RequestEntityTooLarge, "FAILURE", "8000 bytes");
    }

    [Fact]
    public async Task A_policy_holds_off_whoever_is_not_known()
    {
        await using var app = await DtmApp.StartAsync(
            services: services =>
            {
                services.AddAuthentication("key").AddScheme<AuthenticationSchemeOptions, KeyScheme>("key", null);
                services.AddAuthorizationBuilder().AddPolicy("dtm", policy => policy.RequireAuthenticatedUser());
            },
            conventions: endpoints => endpoints.RequireAuthorization("dtm"));

        Assert.Equal(HttpStatusCode.Unauthorized, (await app.Client.GetAsync(app.Path("newGid"), Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.Unauthorized, (await app.PostAsync("submit", """{"gid":"a","trans_type":"msg"}""")).StatusCode);
        app.Client.DefaultRequestHeaders.Add("key", "sesame");
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync(app.Path("newGid"), Stop)).StatusCode);
        await app.RepliesAsync("submit", """{"gid":"a","trans_type":"msg"}""", HttpStatusCode.OK, "SUCCESS", null);
    }

    [Fact]
    public async Task It_is_off_unless_it_is_mapped_and_says_what_it_needs()
    {
        await using var app = await DtmApp.StartAsync(prefix: "/elsewhere/dtm");
        Assert.Equal(HttpStatusCode.NotFound, (await app.Client.GetAsync(new Uri("/api/dtmsvr/newGid", UriKind.Relative), Stop)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await app.Client.GetAsync(new Uri("/elsewhere/dtm/newGid", UriKind.Relative), Stop)).StatusCode);

        var refused = await Assert.ThrowsAsync<FatConfigurationException>(() => RealService.StartAsync("stock", bare => bare.MapFatDtm()));
        Assert.Contains("AddDtmServer()", refused.Message, StringComparison.Ordinal);
    }

    /// <summary>Knows whoever has the key.</summary>
    private sealed class KeyScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, System.Text.Encodings.Web.UrlEncoder encoder)
        : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers["key"] == "sesame"
                ? AuthenticateResult.Success(new AuthenticationTicket(new System.Security.Claims.ClaimsPrincipal(new System.Security.Claims.ClaimsIdentity("key")), "key"))
                : AuthenticateResult.NoResult());
    }
}
