using System.Globalization;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>Whether decisions that only the registry holds survive its server.</summary>
internal static class RedisDurability
{
    private const string Advice = "Set appendonly yes and appendfsync always, or give the service a database to keep its decisions in.";

    public static async Task<string?> ProblemAsync(IDatabase database)
    {
        string? appendOnly, fsync;
        try
        {
            var first = SettingAsync(database, "appendonly");
            var second = SettingAsync(database, "appendfsync");
            (appendOnly, fsync) = (await first.ConfigureAwait(false), await second.ConfigureAwait(false));
        }
        catch (Exception refused) when (refused is RedisServerException or RedisCommandException)
        {
            // By the server's ACL or its rename-command, or by the client's own list of commands.
            return $"Whether the registry keeps decisions could not be checked: {refused.Message} {Advice}";
        }

        if (appendOnly is null || fsync is null)
            return $"Whether the registry keeps decisions could not be checked: the server does not tell its settings. {Advice}";
        if (appendOnly == "yes" && fsync == "always")
            return null;
        var loss = appendOnly == "yes" ? $"appendfsync is {fsync}: the last decisions are lost with the server" : "appendonly is no: decisions are lost with the server";
        return $"{loss}. {await ReplicasAsync(database).ConfigureAwait(false)}{Advice}";
    }

    private static async Task<string?> SettingAsync(IDatabase database, string name)
    {
        var pair = (string[])(await database.ExecuteAsync("CONFIG", "GET", name).ConfigureAwait(false))!;
        return pair.Length >= 2 ? pair[1] : null;
    }

    /// <summary>Replicas lose less, but decisions do not wait for them.</summary>
    private static async Task<string> ReplicasAsync(IDatabase database)
    {
        try
        {
            var info = (string)(await database.ExecuteAsync("INFO", "replication").ConfigureAwait(false))!;
            var line = info.Split('\n').FirstOrDefault(text => text.StartsWith("connected_slaves:", StringComparison.Ordinal));
            return int.TryParse(line?["connected_slaves:".Length..].Trim(), CultureInfo.InvariantCulture, out var replicas) && replicas > 0
                ? $"It has {replicas} replicas, for which decisions do not wait. "
                : string.Empty;
        }
        catch (Exception refused) when (refused is RedisServerException or RedisCommandException)
        {
            return string.Empty;
        }
    }
}
