using System.Net;
using System.Text;
using Fat.AspNetCore.Tests.Dashboard;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore.Tests;

/// <summary>What leaves over HTTP has been through the application's redactor.</summary>
public sealed class RedactionTests
{
    private const string Secret = "4111-1111";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = 120_000)]
    public async Task Problem_details_and_the_dashboard_do_not_quote_what_a_failure_says()
    {
        var gid = string.Empty;
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            web =>
            {
                web.UseFat();
                web.MapPost("/orders", [FatServiceRegister] string () =>
                {
                    gid = FatContext.Current!.Gid;
                    throw new InvalidOperationException($"Card {Secret} is stolen.");
                });
                web.MapFatDashboard();
            },
            services => services.AddFat(options => options.ServiceName = "orders").UseInMemoryRegistry().AddRedactor<Stars>());

        using var answer = await app.Client.PostAsync(new Uri("/orders", UriKind.Relative), content: null, Stop);
        Assert.Equal(HttpStatusCode.Conflict, answer.StatusCode);
        var problem = await answer.Content.ReadAsStringAsync(Stop);
        Assert.DoesNotContain(Secret, problem, StringComparison.Ordinal);
        Assert.Contains("\"detail\":\"InvalidOperationException: Card # is stolen.\"", problem, StringComparison.Ordinal);
        Assert.Contains("\"reason\":\"InvalidOperationException: Card # is stolen.\"", problem, StringComparison.Ordinal);

        foreach (var address in new[] { "groups?state=rolled-back", $"groups/{gid}", "overview?range=week" })
        {
            // The registry is told a moment after the caller; until then the group is in no list, and nobody knows it.
            string shown;
            while (!(shown = await app.Client.GetStringAsync(DashboardApp.At("/fat/api/" + address), Stop)).Contains("Card # is stolen", StringComparison.Ordinal))
            {
                Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
                await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, Stop);
            }

            Assert.DoesNotContain(Secret, shown, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task The_DTM_interface_shows_no_bodies_and_calls_with_them()
    {
        await using var app = await DtmApp.StartAsync(services: services => services.AddFat().AddRedactor<Stars>());
        var body = $$"""{"gid":"secret-1","trans_type":"saga","steps":[{"action":"{{app.Url("a")}}","compensate":""}],"payloads":["{\"card\":\"{{Secret}}\"}"],"wait_result":true}""";
        await app.RepliesAsync("submit", body, HttpStatusCode.OK, "SUCCESS", null);

        var query = await app.GetAsync("query?gid=secret-1");
        var branch = query.GetProperty("branches").EnumerateArray().Single(branch => branch.GetProperty("op").GetString() == "action");
        Assert.Equal("""{"card":"#"}""", Encoding.UTF8.GetString(branch.GetProperty("bin_data").GetBytesFromBase64()));
        Assert.DoesNotContain(Secret, query.GetRawText(), StringComparison.Ordinal);
        Assert.EndsWith($$"""{"card":"{{Secret}}"}""", Assert.Single(app.Calls), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/fat/api/overview")]
    [InlineData("/fat/api/events")]
    [InlineData("/api/dtmsvr/query?gid=1")]
    public async Task The_log_does_not_quote_what_failed(string address)
    {
        var log = new LoggedErrors();
        await using var app = await TestApp.StartAsync(
            Server.Kestrel,
            web =>
            {
                web.MapFatDashboard();
                web.MapFatDtm();
            },
            services =>
            {
                services.AddLogging(logging => logging.AddProvider(log));
                services.AddFat(options => options.ServiceName = "orders").UseInMemoryRegistry().AddDtmServer().AddRedactor<Stars>();
                services.AddTransient<IFatMonitor>(_ => throw new InvalidOperationException($"Card {Secret} is stolen."));
                services.AddTransient<IFatDtmServer>(_ => throw new InvalidOperationException($"Card {Secret} is stolen."));
            });
        using var answer = await app.Client.GetAsync(DashboardApp.At(address), HttpCompletionOption.ResponseHeadersRead, Stop);

        var logged = await log.FirstAsync(Stop);
        Assert.Contains("InvalidOperationException: Card # is stolen.", logged, StringComparison.Ordinal);
        Assert.DoesNotContain(Secret, logged, StringComparison.Ordinal);
    }

    private sealed class Stars : IFatRedactor
    {
        public string? Redact(FatContent content) => content.Text.Replace(Secret, "#", StringComparison.Ordinal);
    }
}
