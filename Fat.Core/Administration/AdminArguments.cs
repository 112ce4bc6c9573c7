using Fat.Protocol;

namespace Fat.Administration;

/// <summary>Checks what callers give.</summary>
internal static class AdminArguments
{
    public static GroupId Gid(string gid) => GroupId.TryParse(gid, out var id)
        ? id
        : throw new ArgumentException($"'{gid}' is not the id of a group: a UUID in lower case with hyphens.", nameof(gid));

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
