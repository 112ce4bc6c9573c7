namespace Fat.TestServers;

/// <summary>A user of a Unix system, as <c>/etc/passwd</c> has it.</summary>
internal sealed record UnixUser(string Name, string UserId, string GroupId)
{
    private const string Passwords = "/etc/passwd";

    /// <summary>Finds the first of the named users that exists.</summary>
    public static async Task<UnixUser?> FindAsync(IReadOnlyList<string> names, CancellationToken cancellationToken)
    {
        if (!File.Exists(Passwords))
            return null;
        var lines = await File.ReadAllLinesAsync(Passwords, cancellationToken);
        var users = lines.Select(line => line.Split(':')).Where(fields => fields.Length >= 4)
            .ToLookup(fields => fields[0], fields => new UnixUser(fields[0], fields[2], fields[3]), StringComparer.Ordinal);
        return names.SelectMany(name => users[name]).FirstOrDefault();
    }
}
