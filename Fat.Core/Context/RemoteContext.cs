using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using Fat.Protocol;

namespace Fat.Context;

/// <summary>
/// What a call carries: <c>1;gid;call;root instance;decision database;milliseconds left</c>. The time is what is left,
/// never a point in time: no clock of one machine is compared with another's.
/// </summary>
internal sealed record RemoteContext(GroupId Gid, CallId Call, InstanceId Root, FatName DecisionDatabase, TimeSpan Remaining)
{
    /// <summary>The longest life of a group, one hour: it holds row locks, in services that may not know who asks.</summary>
    public const int MostMilliseconds = 3_600_000;

    private const string Version = "1";

    public string Format() =>
        string.Create(CultureInfo.InvariantCulture, $"{Version};{Gid};{Call};{Root};{DecisionDatabase};{(long)Remaining.TotalMilliseconds}");

    public static bool TryParse(string text, [NotNullWhen(true)] out RemoteContext? context, [NotNullWhen(false)] out string? problem)
    {
        context = null;
        var parts = text.Split(';');
        problem = parts switch
        {
            [not Version, ..] => $"its version is not {Version}",
            not { Length: 6 } => $"it has {parts.Length} parts instead of 6",
            _ => null,
        };
        if (problem is not null)
            return false;
        if (!GroupId.TryParse(parts[1], out var gid))
            problem = "the group id is not a UUID";
        else if (!CallId.TryParse(parts[2], out var call) || call.IsRoot)
            problem = "the call id is not a path of numbers";
        else if (!InstanceId.TryParse(parts[3], out var root))
            problem = "the root instance is not a valid instance id";
        else if (!FatName.TryParse(parts[4], out var database))
            problem = "the decision database is not a valid name";
        else if (!int.TryParse(parts[5], NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds))
            problem = "the time left is not a number of milliseconds";
        else if (milliseconds > MostMilliseconds)
            problem = $"the time left is more than {MostMilliseconds} ms";
        else
            context = new RemoteContext(gid, call, root, database, TimeSpan.FromMilliseconds(milliseconds));
        return context is not null;
    }
}
