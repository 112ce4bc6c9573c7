using System.Globalization;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// The server's clock as seen from here: keys that are named after an hour have to be named before the command is sent. Right to a round trip. Thread-safe.
/// </summary>
internal sealed class RedisClock(TimeProvider time)
{
    private const long Unknown = long.MinValue;

    private long _ahead = Unknown;

    /// <summary>The time of the server, asked for once.</summary>
    public async ValueTask<DateTimeOffset> NowAsync(IDatabase database)
    {
        if (Volatile.Read(ref _ahead) == Unknown)
        {
            var answer = (string[])(await database.ExecuteAsync("TIME").ConfigureAwait(false))!;
            Saw((long.Parse(answer[0], CultureInfo.InvariantCulture) * 1000) + (long.Parse(answer[1], CultureInfo.InvariantCulture) / 1000));
        }

        return time.GetUtcNow().AddMilliseconds(Volatile.Read(ref _ahead));
    }

    /// <summary>The server has just said what time it is, in milliseconds.</summary>
    public void Saw(long milliseconds) => Volatile.Write(ref _ahead, milliseconds - time.GetUtcNow().ToUnixTimeMilliseconds());
}
