using Fat.TestServers;

namespace Fat.Core.Tests.Security;

/// <summary>The rules of the ACL user in docs/security.md, which is what the tests run with.</summary>
internal static class AclLine
{
    private const string Head = "ACL SETUSER fat ";

    /// <summary>Without the password.</summary>
    public static IReadOnlyList<string> Rules { get; } =
        [.. File.ReadAllLines(Path.Combine(Root(), "docs", "security.md")).Single(line => line.StartsWith(Head, StringComparison.Ordinal))[Head.Length..]
            .Split(' ', StringSplitOptions.RemoveEmptyEntries).Where(rule => !rule.StartsWith('>'))];

    public static string Root()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Fat.sln")))
                return folder.FullName;
        }

        throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} has a Fat.sln.");
    }
}

/// <summary>
/// Limits a server's default user to the documented rules: StackExchange.Redis 1.2.6, with which the tests run, can be no other. Beside it there is a user who may do everything.
/// </summary>
internal sealed class LimitedServer(RedisServer server)
{
    public const string Password = "of-fat";

    private const string Admin = "admin";
    private const string AdminPassword = "of-admin";

    public static async Task<LimitedServer> LimitAsync(RedisServer server, params IEnumerable<string> rules)
    {
        await using var connection = await server.ConnectAsync(Stop);
        await connection.ExecuteAsync(["ACL", "SETUSER", Admin, "on", ">" + AdminPassword, "allcommands", "allkeys", "allchannels"], Stop);
        await connection.ExecuteAsync(["ACL", "SETUSER", "default", "reset", .. rules, ">" + Password], Stop);
        return new LimitedServer(server);
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task<object?> AsAdminAsync(params string[] command)
    {
        await using var connection = await server.ConnectAsync(CancellationToken.None);
        await connection.ExecuteAsync(["AUTH", Admin, AdminPassword]);
        return await connection.ExecuteAsync(command);
    }

    public async Task<object?> AsFatAsync(params string[] command)
    {
        await using var connection = await RespConnection.ConnectAsync(server.Host, server.Port, Password, Stop);
        return await connection.ExecuteAsync(command, Stop);
    }

    /// <summary>What the server has refused, a line each: the reason and the command, key or channel.</summary>
    public async Task<IReadOnlyList<string>> RefusedAsync() =>
        [.. ((List<object?>)(await AsAdminAsync("ACL", "LOG", "128"))!).Cast<List<object?>>().Select(entry => $"{Field(entry, "reason")} {Field(entry, "object")}")];

    private static object? Field(List<object?> entry, string name) => entry[entry.IndexOf(name) + 1];
}
