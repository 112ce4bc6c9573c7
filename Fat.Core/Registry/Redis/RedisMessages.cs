using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Fat.Protocol;

namespace Fat.Registry.Redis;

/// <summary>Messages and requests as JSON. What cannot be read (a newer version's) is null and passed over: every message is a hint.</summary>
internal static class RedisMessages
{
    private const string WorkType = "work";

    /// <summary>Reasons stay readable in the server: they are never put into a page as they are.</summary>
    private static readonly RedisJson Json =
        new(new JsonSerializerOptions(RedisJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    public static string Write(InboxMessage message) => JsonSerializer.Serialize(
        message switch
        {
            InboxMessage.Ready ready => new MessageJson("ready", ready.Gid.ToString())
            {
                Branches = [.. ready.Votes.Select(RedisText.LineOf)],
            },
            InboxMessage.AbortAsked asked => new MessageJson("abort", asked.Gid.ToString())
            {
                Service = asked.Reason.Service,
                Method = asked.Reason.Method,
                Reason = asked.Reason.Reason,
            },
            InboxMessage.Prepare prepare => new MessageJson("prepare", prepare.Gid.ToString())
            {
                Branches = [.. prepare.Branches.Select(RedisText.LineOf)],
            },
            InboxMessage.Decided decided => new MessageJson(RedisText.Of(decided.Decision.Decision), decided.Gid.ToString())
            {
                Branches = [.. decided.Decision.Branches.Select(RedisText.LineOf)],
            },
            InboxMessage.Work work => new MessageJson(WorkType, null) { Queue = work.Queue.Text },
            _ => throw new ArgumentOutOfRangeException(nameof(message), message, "An unknown message."),
        },
        Json.MessageJson);

    public static InboxMessage? ReadMessage(string text)
    {
        var json = Read(text, Json.MessageJson);
        if (json?.Type == WorkType)
            return QueueName.TryParse(json.Queue, out var queue) ? new InboxMessage.Work(queue) : null;
        if (json is null || !GroupId.TryParse(json.Gid, out var gid))
            return null;
        if (json.Type == "abort")
            return new InboxMessage.AbortAsked(gid, new AbortReason(json.Service ?? string.Empty, json.Method ?? string.Empty, json.Reason ?? string.Empty));
        if (RedisText.ParseLines(json.Branches) is not { } branches)
            return null;
        return json.Type switch
        {
            "ready" => new InboxMessage.Ready(gid, branches),
            "prepare" => new InboxMessage.Prepare(gid, branches),
            _ when RedisText.TryParse(json.Type, out var decision) => new InboxMessage.Decided(gid, new DecisionRecord(decision, branches)),
            _ => null,
        };
    }

    public static string Write(ResolveRequest request) => JsonSerializer.Serialize(
        new RequestJson(request.Gid.ToString(), request.Database.Text, request.AskedBy.Text, (long)request.Age.TotalMilliseconds)
        {
            Acknowledge = request.Acknowledge.IsEmpty ? null : [.. request.Acknowledge.Select(RedisText.LineOf)],
        },
        Json.RequestJson);

    public static ResolveRequest? ReadRequest(string text) =>
        Read(text, Json.RequestJson) is { } json
        && GroupId.TryParse(json.Gid, out var gid)
        && FatName.TryParse(json.Database, out var database)
        && InstanceId.TryParse(json.AskedBy, out var askedBy)
        && RedisText.ParseLines(json.Acknowledge ?? []) is { } acknowledge
            ? new ResolveRequest(gid, database, askedBy, TimeSpan.FromMilliseconds(json.AgeMs)) { Acknowledge = acknowledge }
            : null;

    private static T? Read<T>(string text, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(text, type);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

internal sealed record MessageJson(string Type, string? Gid)
{
    public string? Queue { get; init; }

    public string? Service { get; init; }

    public string? Method { get; init; }

    public string? Reason { get; init; }

    public string[]? Branches { get; init; }
}

internal sealed record RequestJson(string Gid, string Database, string AskedBy, long AgeMs)
{
    public string[]? Acknowledge { get; init; }
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(MessageJson))]
[JsonSerializable(typeof(RequestJson))]
internal sealed partial class RedisJson : JsonSerializerContext;
