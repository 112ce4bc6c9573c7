using Fat.Protocol;

namespace Fat.Administration;

/// <summary>Checks what callers give.</summary>
internal static class AdminArguments
{
    private const int LongestBy = 200;
    private const int LongestReason = 2000;

    public static GroupId Gid(string gid) => GroupId.TryParse(gid, out var id)
        ? id
        : throw new ArgumentException($"'{gid}' is not the id of a group: a UUID in lower case with hyphens.", nameof(gid));

    public static BranchId Branch(string branch) => BranchId.TryParse(branch, out var id)
        ? id
        : throw new ArgumentException($"'{branch}' is not the id of a branch.", nameof(branch));

    /// <summary>Who does something.</summary>
    public static string By(string by, string parameter) => Text(by, LongestBy, parameter);

    /// <summary>Why, or a note on what was done.</summary>
    public static string Why(string why, string parameter) => Text(why, LongestReason, parameter);

    public static FatName Name(string name, string parameter) => FatName.TryParse(name, out var parsed)
        ? parsed
        : throw new ArgumentException($"'{name}' is not a name: 1 to {FatName.MaxLength} of A-Z a-z 0-9 . _ -", parameter);

    public static string Text(string text, int longest, string parameter)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(text, parameter);
        if (text.Length > longest || text.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"At most {longest} characters are taken, and no null character.", parameter);
        return text.Trim();
    }
}
