using System.Globalization;
using System.Text;
using Fat.TestServers;

namespace Fat.Bench.Coordination;

/// <summary>What the clients of a Redis have sent, in the order in which it came: MONITOR says it.</summary>
internal static class RecordedCalls
{
    private const string Mark = "fat-bench-recorded";
    private const int FirstPart = 2;
    private static readonly string[] Kept = ["EVALSHA", "BLMPOP"];

    /// <returns>The calls of scripts and the waiting pops, each the parts of a command.</returns>
    public static async Task<IReadOnlyList<byte[][]>> RecordAsync(RedisServer redis, Func<Task> work, CancellationToken cancellationToken)
    {
        await using var marking = await redis.ConnectAsync(cancellationToken);
        await using var monitor = await redis.ConnectAsync(cancellationToken);
        await monitor.ExecuteAsync(["MONITOR"], cancellationToken);
        var reading = ReadAsync(monitor, cancellationToken);
        IReadOnlyList<byte[][]> calls;
        try
        {
            await work();
        }
        finally
        {
            await marking.ExecuteAsync(["ECHO", Mark], cancellationToken);
            calls = await reading;
        }

        return calls;
    }

    private static async Task<IReadOnlyList<byte[][]>> ReadAsync(RespConnection monitor, CancellationToken cancellationToken)
    {
        var calls = new List<byte[][]>();
        while (true)
        {
            // 1700000000.123456 [0 127.0.0.1:40000] "EVALSHA" "…", and [0 lua] for what a script calls.
            var line = (string)(await monitor.ReceiveAsync(cancellationToken))!;
            if (line.Contains(Mark, StringComparison.Ordinal))
                return calls;
            var from = line.IndexOf("] \"", StringComparison.Ordinal) + FirstPart;
            if (!line[..from].EndsWith(" lua] ", StringComparison.Ordinal) && Kept.Any(command => line.AsSpan(from + 1).StartsWith(command, StringComparison.OrdinalIgnoreCase)))
                calls.Add([.. Parts(line[from..])]);
        }
    }

    private static IEnumerable<byte[]> Parts(string text)
    {
        var part = new List<byte>();
        var isInside = false;
        for (var at = 0; at < text.Length; at++)
        {
            if (text[at] == '"')
            {
                if (isInside)
                    yield return [.. part];
                part.Clear();
                isInside = !isInside;
            }
            else if (text[at] == '\\')
            {
                at++;
                part.Add(Escaped(text, ref at));
            }
            else if (isInside)
            {
                part.AddRange(Encoding.UTF8.GetBytes([text[at]]));
            }
        }
    }

    private static byte Escaped(string text, ref int at)
    {
        if (text[at] != 'x')
        {
            return text[at] switch
            {
                'n' => (byte)'\n',
                'r' => (byte)'\r',
                't' => (byte)'\t',
                'a' => (byte)'\a',
                'b' => (byte)'\b',
                var other => (byte)other,
            };
        }

        var value = byte.Parse(text.AsSpan(at + 1, 2), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
        at += 2;
        return value;
    }
}
