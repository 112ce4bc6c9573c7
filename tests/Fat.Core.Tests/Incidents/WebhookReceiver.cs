using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fat.TestServers;

namespace Fat.Core.Tests.Incidents;

/// <summary>Receives what a webhook is told, and answers as it is told to. Thread-safe.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "a secret of the webhook";

    private readonly HttpListener _listener = new();
    private readonly Task _running;
    private ImmutableList<JsonElement> _taken = [];
    private int _refusals;
    private int _refused;

    public WebhookReceiver()
    {
        Url = $"http://127.0.0.1:{FreePort.Next()}/";
        _listener.Prefixes.Add(Url);
        _listener.Start();
        _running = Task.Run(RunAsync);
    }

    public string Url { get; }

    /// <summary>The next ones are answered with 503.</summary>
    public int Refusals
    {
        set => Volatile.Write(ref _refusals, value);
    }

    /// <summary>How many were.</summary>
    public int Refused => Volatile.Read(ref _refused);

    /// <summary>What was taken, in the order in which it came.</summary>
    public IReadOnlyList<JsonElement> Taken => _taken;

    /// <summary>A line for each event that was taken, without repetitions.</summary>
    public string Lines => string.Join('\n', _taken.DistinctBy(taken => taken.GetProperty("id").GetString()).Select(Line));

    /// <summary>The same of what is recorded: a query for one text.</summary>
    public static string Recorded(string journal = "fat_journal") =>
        $"SELECT string_agg(concat_ws('|', e.event_id, e.kind, e.number, e.gid, e.branch_id, j.service, j.database_name, e.instance, j.call_name, e.reason, e.who, e.attempts), E'\\n' " +
        $"ORDER BY e.branch_id, e.number) FROM {journal}_events e JOIN {journal} j USING (gid, branch_id)";

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _running;
        _listener.Close();
    }

    private static string Line(JsonElement taken) => string.Join('|', new[] { "id", "kind", "version", "gid", "branch", "service", "database", "instance", "method", "reason", "by", "attempts" }
        .Select(name => taken.GetProperty(name)).Where(value => value.ValueKind != JsonValueKind.Null).Select(value => value.ToString()));

    private async Task RunAsync()
    {
        try
        {
            while (true)
                await AnswerAsync(await _listener.GetContextAsync());
        }
        catch (Exception exception) when (exception is HttpListenerException || (exception is InvalidOperationException && !_listener.IsListening))
        {
            // Stopped, before it asked for the next one or while it waited for it.
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        await context.Request.InputStream.CopyToAsync(body);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body.ToArray()));
        var refuses = Interlocked.Decrement(ref _refusals) >= 0;
        if (refuses)
            Interlocked.Increment(ref _refused);
        else if (context.Request.Headers["fat-signature"] == signature && context.Request is { HttpMethod: "POST", ContentType: "application/json; charset=utf-8" })
            ImmutableInterlocked.Update(ref _taken, static (taken, one) => taken.Add(one), JsonDocument.Parse(body.ToArray()).RootElement.Clone());
        context.Response.StatusCode = refuses ? 503 : 204;
        context.Response.Close();
    }
}
