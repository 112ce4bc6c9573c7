using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>Over the core's own administration: what it knows of a group is shown, and what it refuses is told.</summary>
public sealed class RealCoreTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task A_group_is_shown_while_it_is_open_and_when_it_is_over()
    {
        var (gid, goesOn) = (new TaskCompletionSource<string>(), new TaskCompletionSource());
        await using var app = await StartAsync(async http =>
        {
            gid.SetResult(FatContext.Current!.Gid);
            await goesOn.Task;
            await http.Response.WriteAsync("done", Stop);
        });
        var running = app.Client.GetAsync(DashboardApp.At("/work"), Stop);
        try
        {
            var id = await gid.Task.WaitAsync(Stop);
            Assert.Contains("\"state\":\"open\"", await TextAsync(app, $"groups/{id}"), StringComparison.Ordinal);
            Assert.Contains(id, await TextAsync(app, $"groups?gid={id}"), StringComparison.Ordinal);

            // Groups that are soon over are in no list: this one is as soon as it is a second old.
            while (!(await TextAsync(app, "groups?state=open")).Contains(id, StringComparison.Ordinal))
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
            Assert.Contains("\"open\":1", await TextAsync(app, "overview"), StringComparison.Ordinal);
        }
        finally
        {
            goesOn.SetResult();
        }

        Assert.Equal(HttpStatusCode.OK, (await running).StatusCode);

        // The registry is told a moment after the caller.
        while ((await TextAsync(app, $"groups/{await gid.Task}")).Contains("\"state\":\"open\"", StringComparison.Ordinal))
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, Stop);
    }

    [Theory]
    [InlineData("in-doubt")]
    [InlineData("incidents")]
    [InlineData("messages")]
    [InlineData("messages?gid=nobody")]
    [InlineData("subscriptions")]
    public async Task What_is_empty_is_an_empty_list(string list)
    {
        await using var app = await StartAsync(_ => Task.CompletedTask);

        Assert.StartsWith("""{"items":[]""", await app.Client.GetStringAsync(DashboardApp.At("/fat/api/" + list), Stop), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_core_does_not_take_is_no_failure_of_the_dashboard()
    {
        await using var app = await StartAsync(_ => Task.CompletedTask);
        var session = System.Text.Json.JsonElement.Parse(await app.Client.GetStringAsync(DashboardApp.At("/fat/api/session"), Stop));
        var token = session.GetProperty("token").GetString();

        foreach (var (address, body, status) in new[]
        {
            ($"groups/{Known.Gid}/force", """{"decision":"rolled-back","reason":"r","seen":"x"}""", HttpStatusCode.NotFound),
            ($"incidents/{Known.Gid}/{Known.Branch}/close", """{"version":1,"note":"n"}""", HttpStatusCode.Conflict),
            ($"incidents/{Known.Gid}/99999999999999999999-0a1b2c3d-0/close", """{"version":1,"note":"n"}""", HttpStatusCode.BadRequest),
            ("messages/nobody/retry", """{"reason":"r","seen":"x"}""", HttpStatusCode.NotFound),
        })
        {
            using var answer = await app.Client.SendAsync(DashboardApp.Post("/fat/api/" + address, body, token), Stop);
            Assert.True(answer.StatusCode == status, $"{address}: {answer.StatusCode} {await answer.Content.ReadAsStringAsync(Stop)}");
        }
    }

    private static async Task<string> TextAsync(TestApp app, string address)
    {
        using var answer = await app.Client.GetAsync(DashboardApp.At("/fat/api/" + address), Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, text);
        return text;
    }

    private static Task<TestApp> StartAsync(RequestDelegate work) => TestApp.StartAsync(
        Server.Kestrel,
        web =>
        {
            web.UseFat();
            web.MapGet("/work", work).WithMetadata(new FatServiceRegisterAttribute());
            web.MapFatDashboard();
        },
        services =>
        {
            services.AddFat(options => options.ServiceName = "shop").UseInMemoryRegistry();

            // Last, so that they are taken; the rest is the core's.
            services.AddSingleton<IFatMonitor>(new Desk());
            services.AddSingleton<IFatAudit>(new Desk());
        });
}
