using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Fat.Core.Tests.World;
using Microsoft.AspNetCore.Http;

namespace Fat.Core.Tests.Incidents;

/// <summary>Receives what a webhook is told, and answers as it is told to. Thread-safe.</summary>
public sealed class WebhookReceiver : IAsyncDisposable
{
    public const string Secret = "a secret of the webhook";

    private LoopbackServer? _server;
    private ImmutableList<JsonElement> _taken = [];
    private int _refusals;
    private int _refused;

    private WebhookReceiver()
    {
    }

    public string Url => _server!.Address + "/";

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

    public static async Task<WebhookReceiver> StartAsync()
    {
        var receiver = new WebhookReceiver();
        receiver._server = await LoopbackServer.StartAsync(receiver.AnswerAsync);
        return receiver;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private static string Line(JsonElement taken) => string.Join('|', new[] { "id", "kind", "version", "gid", "branch", "service", "database", "instance", "method", "reason", "by", "attempts" }
        .Select(name => taken.GetProperty(name)).Where(value => value.ValueKind != JsonValueKind.Null).Select(value => value.ToString()));

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var signature = Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(Secret), body.ToArray()));
        var refuses = Interlocked.Decrement(ref _refusals) >= 0;
        if (refuses)
            Interlocked.Increment(ref _refused);
        else if (context.Request.Headers["fat-signature"] == signature && context.Request is { Method: "POST", ContentType: "application/json; charset=utf-8" })
            ImmutableInterlocked.Update(ref _taken, static (taken, one) => taken.Add(one), JsonDocument.Parse(body.ToArray()).RootElement.Clone());
        context.Response.StatusCode = refuses ? StatusCodes.Status503ServiceUnavailable : StatusCodes.Status204NoContent;
    }
}
