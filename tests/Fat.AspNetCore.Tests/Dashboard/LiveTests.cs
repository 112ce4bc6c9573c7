using System.Net;
using System.Text.Json;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>Server-sent events.</summary>
public sealed class LiveTests
{
    /// <summary>Milliseconds. What never comes fails its test.</summary>
    private const int Longest = 120_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact(Timeout = Longest)]
    public async Task What_happens_is_sent_as_it_does()
    {
        await using var app = await DashboardApp.StartAsync();
        using var answer = await ListenAsync(app);
        Assert.Equal(("text/event-stream", "no-store", "no"), (answer.Content.Headers.ContentType?.ToString(), answer.Headers.CacheControl?.ToString(), answer.Headers.GetValues("X-Accel-Buffering").Single()));
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));

        var first = await NextAsync(reader);
        app.Desk.Minutes = [Known.Count with { Committed = 8 }];
        var second = await NextAsync(reader);

        Assert.Equal("""{"committed":7,"rolledBack":2,"inDoubt":1,"p50Ms":12.5,"p99Ms":80}""", first.GetProperty("lastMinute").GetRawText());
        Assert.Equal("""{"open":0,"inDoubt":1,"oldestInDoubtMs":90000,"incidents":1,"failedMessages":12}""", first.GetProperty("now").GetRawText());
        Assert.Equal(8, second.GetProperty("lastMinute").GetProperty("committed").GetInt64());
        Assert.InRange(second.GetProperty("at").GetDateTimeOffset() - first.GetProperty("at").GetDateTimeOffset(), TimeSpan.FromSeconds(1.5), TimeSpan.FromSeconds(20));
    }

    [Fact(Timeout = Longest)]
    public async Task One_sample_serves_all_who_listen()
    {
        await using var app = await DashboardApp.StartAsync();
        List<(HttpResponseMessage Answer, StreamReader Reader)> listeners = [];
        for (var i = 0; i < 20; i++)
        {
            var answer = await ListenAsync(app);
            listeners.Add((answer, new StreamReader(await answer.Content.ReadAsStreamAsync(Stop))));
        }

        List<DateTimeOffset> last = [];
        foreach (var (_, reader) in listeners)
        {
            await NextAsync(reader);
            last.Add((await NextAsync(reader)).GetProperty("at").GetDateTimeOffset());
        }

        // Each has had two samples or more; had each its own, there were 40.
        Assert.InRange(app.Desk.Counts, 2, 20);
        foreach (var (answer, reader) in listeners)
        {
            reader.Dispose();
            answer.Dispose();
        }
    }

    [Fact(Timeout = Longest)]
    public async Task Sampling_ends_with_the_last_listener_and_begins_again_with_the_next()
    {
        await using var app = await DashboardApp.StartAsync();
        var (begun, given) = (new TaskCompletionSource(), new TaskCompletionSource());
        using (var last = app.NewClient())
        {
            using var other = await ListenAsync(app);
            using var answer = await last.GetAsync(DashboardApp.At("api/events"), HttpCompletionOption.ResponseHeadersRead, Stop);
            using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
            await NextAsync(reader);
            other.Dispose();
            await NextAsync(reader);
            app.Desk.Hold = async token =>
            {
                begun.TrySetResult();
                using var cancelled = token.Register(() => given.TrySetResult());
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
            };
            await begun.Task.WaitAsync(Stop);
        }

        await given.Task.WaitAsync(Stop);
        app.Desk.Hold = null;
        using var next = await ListenAsync(app);
        using var again = new StreamReader(await next.Content.ReadAsStreamAsync(Stop));
        await NextAsync(again);
    }

    /// <summary>A sample that is late: something is sent all the same, so that nobody on the way takes the connection for dead.</summary>
    [Fact(Timeout = Longest)]
    public async Task Comments_keep_the_connection_while_nothing_is_known()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.Hold = token => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        using var answer = await ListenAsync(app);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));

        string? line;
        do
            line = await reader.ReadLineAsync(Stop);
        while (line?.StartsWith(':') == false);
        Assert.NotNull(line);
    }

    [Fact(Timeout = Longest)]
    public async Task There_is_an_end_to_how_many_can_listen()
    {
        await using var app = await DashboardApp.StartAsync();
        List<HttpResponseMessage> listeners = [];
        for (var i = 0; i < 100; i++)
            listeners.Add(await ListenAsync(app, i % 2 == 0 ? "" : "?service=orders"));

        var problem = await app.RefusesAsync(HttpStatusCode.ServiceUnavailable, new HttpRequestMessage(HttpMethod.Get, DashboardApp.At("api/events")));
        Assert.Equal("urn:fat:busy", problem["type"]);

        listeners[0].Dispose();
        HttpResponseMessage? again = null;
        while (again is not { StatusCode: HttpStatusCode.OK })
        {
            // The server notices a moment after the client has gone; the test's own time-out ends this.
            again?.Dispose();
            again = await app.Client.GetAsync(DashboardApp.At("api/events"), HttpCompletionOption.ResponseHeadersRead, Stop);
        }

        listeners.Add(again);
        listeners.ForEach(listener => listener.Dispose());
    }

    [Fact(Timeout = Longest)]
    public async Task The_stream_ends_with_the_application()
    {
        var app = await DashboardApp.StartAsync();
        using var client = app.NewClient();
        using var answer = await client.GetAsync(DashboardApp.At("api/events"), HttpCompletionOption.ResponseHeadersRead, Stop);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        await NextAsync(reader);
        var rest = reader.ReadToEndAsync(Stop);

        var began = TimeProvider.System.GetTimestamp();
        await app.DisposeAsync();

        await rest;
        Assert.InRange(TimeProvider.System.GetElapsedTime(began), TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact(Timeout = Longest)]
    public async Task A_source_that_is_away_is_named_in_the_event()
    {
        await using var app = await DashboardApp.StartAsync();
        app.Desk.RegistryIsAway = true;
        using var answer = await ListenAsync(app);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));

        var sample = await NextAsync(reader);

        Assert.Equal((JsonValueKind.Null, """["registry"]"""), (sample.GetProperty("lastMinute").ValueKind, sample.GetProperty("unreachable").GetRawText()));
    }

    private static async Task<HttpResponseMessage> ListenAsync(DashboardApp app, string query = "")
    {
        var answer = await app.Client.GetAsync(DashboardApp.At("api/events" + query), HttpCompletionOption.ResponseHeadersRead, Stop);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return answer;
    }

    /// <summary>The data of the next event; comments and what else there is are passed over.</summary>
    private static async Task<JsonElement> NextAsync(StreamReader reader)
    {
        var named = false;
        while (await reader.ReadLineAsync(Stop) is { } line)
        {
            if (line == "event: overview")
                named = true;
            else if (named && line.StartsWith("data: ", StringComparison.Ordinal))
                return JsonElement.Parse(line["data: ".Length..]);
        }

        throw new EndOfStreamException("The stream has ended.");
    }
}
