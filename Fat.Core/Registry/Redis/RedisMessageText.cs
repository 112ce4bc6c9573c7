using System.Diagnostics.CodeAnalysis;
using Fat.Protocol;

namespace Fat.Registry.Redis;

/// <summary>How what is known of messages is written into the fields of their records.</summary>
internal static class RedisMessageText
{
    public static string Of(MessageState state) => state switch
    {
        MessageState.Prepared => "prepared",
        MessageState.Submitted => "submitted",
        MessageState.Failed => "failed",
        MessageState.Consumed => "consumed",
        MessageState.Cancelled => "cancelled",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "An unknown state."),
    };

    public static bool TryParse(string? text, out MessageState state)
    {
        var found = Array.Find(Enum.GetValues<MessageState>(), one => Of(one) == text);
        state = found;
        return text == Of(found);
    }

    public static string Of(BranchState state) => state switch
    {
        BranchState.Waiting => "w",
        BranchState.Consumed => "c",
        BranchState.Failed => "f",
        BranchState.Cancelled => "x",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "An unknown state."),
    };

    public static string Of(FatName? database) => database?.Text ?? string.Empty;

    public static FatName? ParseName(string? text) => FatName.TryParse(text, out var name) ? name : null;

    /// <summary>A message and its database on one line.</summary>
    public static string Of(MessagePlace place) => $"{place.Id.Text} {Of(place.Database)}";

    public static MessagePlace? ParsePlace(string line) => line.Split(' ', 2) is [var id, var database] ? ParsePlace(id, database) : null;

    /// <summary>A message and its database, by themselves; what cannot be read is passed over.</summary>
    public static MessagePlace? ParsePlace(string id, string database) =>
        MessageId.TryParse(id, out var message) ? new MessagePlace(message, ParseName(database)) : null;

    /// <summary>The record of a message from the fields and values of its hash.</summary>
    public static bool TryParse(MessageId id, string[] hash, [NotNullWhen(true)] out MessageRecord? record)
    {
        var fields = new Dictionary<string, string>(hash.Length / 2, StringComparer.Ordinal);
        for (var at = 0; at + 1 < hash.Length; at += 2)
            fields[hash[at]] = hash[at + 1];
        record = null;
        if (!TryParse(fields.GetValueOrDefault("state"), out var state))
            return false;
        var submitted = RedisQueueText.ParseTime(fields.GetValueOrDefault("submitted"));
        record = new MessageRecord(id, state, new MessageOrigin(ParseName(fields.GetValueOrDefault("database")), fields.GetValueOrDefault("document", string.Empty)))
        {
            Prepared = RedisQueueText.ParseTime(fields.GetValueOrDefault("prepared")),
            Submitted = submitted,
            SinceSubmitted = RedisQueueText.ParseTime(fields.GetValueOrDefault("now")) - submitted,
            Ended = RedisQueueText.ParseTime(fields.GetValueOrDefault("ended")),
            Reason = fields.GetValueOrDefault("reason"),
            Branches =
            [
                .. fields.GetValueOrDefault("branches", string.Empty).Split('\n', StringSplitOptions.RemoveEmptyEntries)
                    .Select(branch => Note(branch, fields.GetValueOrDefault($"branch:{branch}"))),
            ],
        };
        return true;
    }

    /// <summary>Letter, attempts, time, fence, and the reason, which is any text.</summary>
    private static BranchNote Note(string branch, string? text)
    {
        if (text?.Split(' ', 5) is not [var letter, var attempts, var at, _, var reason])
            return new BranchNote(branch, BranchState.Waiting, 0, null, null);
        var state = letter switch { "c" => BranchState.Consumed, "f" => BranchState.Failed, "x" => BranchState.Cancelled, _ => BranchState.Waiting };
        return new BranchNote(branch, state, RedisQueueText.Count(attempts), RedisQueueText.ParseOptional(reason), RedisQueueText.ParseTime(at));
    }
}
