using System.Globalization;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>Whether decisions that only the registry holds survive its server.</summary>
internal static class RedisDurability
{
    private const string Advice =
        "Set appendonly yes, appendfsync always and maxmemory-policy noeviction, or give the service a database to keep its decisions in.";

    public static async Task<string?> ProblemAsync(IDatabase database)
    {
        string?[] settings;
        try
        {
            settings = await Task.WhenAll(
                SettingAsync(database, "appendonly"), SettingAsync(database, "appendfsync"), SettingAsync(database, "maxmemory-policy")).ConfigureAwait(false);
        }
        catch (Exception refused) when (refused is RedisServerException or RedisCommandException)
        {
            // By the server's ACL or its rename-command, or by the client's own list of commands.
            return $"Whether the registry keeps decisions could not be checked: {refused.Message} {Advice}";
        }

        if (settings is not [{ } appendOnly, { } fsync, { } policy])
            return $"Whether the registry keeps decisions could not be checked: the server does not tell its settings. {Advice}";
        var problems = new List<string>();
        if (appendOnly != "yes")
            problems.Add("appendonly is no: decisions are lost with the server.");
        else if (fsync != "always")
            problems.Add($"appendfsync is {fsync}: the last decisions are lost with the server.");
        if (problems.Count > 0 && await ReplicasAsync(database).ConfigureAwait(false) is { } replicas)
            problems.Add(replicas);

        // Every key of a group expires, so the policies for such keys evict decisions too.
        if (policy != "noeviction")
            problems.Add($"maxmemory-policy is {policy}: decisions are evicted when memory is short, before their branches have obeyed them.");
        return problems.Count == 0 ? null : $"{string.Join(' ', problems)} {Advice}";
    }

    private static async Task<string?> SettingAsync(IDatabase database, string name)
    {
        var pair = (string[])(await database.ExecuteAsync("CONFIG", "GET", name).ConfigureAwait(false))!;
        return pair.Length >= 2 ? pair[1] : null;
    }

    /// <summary>Replicas lose less, but decisions do not wait for them.</summary>
    private static async Task<string?> ReplicasAsync(IDatabase database)
    {
        try
        {
            var info = (string)(await database.ExecuteAsync("INFO", "replication").ConfigureAwait(false))!;
            var line = info.Split('\n').FirstOrDefault(text => text.StartsWith("connected_slaves:", StringComparison.Ordinal));
            return int.TryParse(line?["connected_slaves:".Length..].Trim(), CultureInfo.InvariantCulture, out var replicas) && replicas > 0
                ? $"It has {replicas} replicas, for which decisions do not wait."
                : null;
        }
        catch (Exception refused) when (refused is RedisServerException or RedisCommandException)
        {
            return null;
        }
    }
}
