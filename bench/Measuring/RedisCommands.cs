using System.Globalization;
using Fat.TestServers;

namespace Fat.Bench.Measuring;

/// <summary>Counts the commands that Fat's clients have sent to a Redis.</summary>
internal static class RedisCommands
{
    // Commands inside of scripts are counted by the server as well, and are no round trips. None of these is ever inside.
    private static readonly string[] FromClients = ["evalsha", "eval", "blmpop", "blpop"];

    public static async Task<long> CountAsync(RespConnection redis, CancellationToken cancellationToken)
    {
        var text = (string)(await redis.ExecuteAsync(["INFO", "commandstats"], cancellationToken))!;
        return FromClients.Sum(command => Calls(text, command));
    }

    // cmdstat_evalsha:calls=123,usec=…
    private static long Calls(string text, string command)
    {
        var prefix = $"cmdstat_{command}:calls=";
        var line = text.Split("\r\n").FirstOrDefault(line => line.StartsWith(prefix, StringComparison.Ordinal));
        return line is null ? 0 : long.Parse(line[prefix.Length..].Split(',')[0], CultureInfo.InvariantCulture);
    }
}
