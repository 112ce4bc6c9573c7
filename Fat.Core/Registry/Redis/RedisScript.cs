using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// A script that is run by its hash. Servers forget scripts (a restart, a failover, SCRIPT FLUSH): then the whole text is sent,
/// which also makes the server know it again.
/// </summary>
internal sealed class RedisScript
{
    private static readonly string Head = Lifetimes() + Read("_clock");

    private readonly string _text;
    private readonly byte[] _hash;

    private RedisScript(string text)
    {
        _text = text;
#pragma warning disable CA5350 // Not for security: this is how Redis names scripts.
        _hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    /// <summary>A script on the hash of a group.</summary>
    public static RedisScript OnGroup(string name) => new(Head + Read("_group") + Read(name));

    /// <summary>A script on a queue of work.</summary>
    public static RedisScript OnQueue(string name) => new(Head + Read("_queue") + Read(name));

    /// <summary>A script that changes messages.</summary>
    public static RedisScript OnMessages(string name) => new(Head + Read("_message") + Read(name));

    /// <summary>A script on anything else.</summary>
    public static RedisScript Of(string name) => new(Head + Read(name));

    /// <summary>The command is sent before this returns, so that commands begun one after the other travel together.</summary>
    public async Task<RedisResult> RunAsync(IDatabase database, RedisKey[] keys, params RedisValue[] arguments)
    {
        try
        {
            return await database.ScriptEvaluateAsync(_hash, keys, arguments).ConfigureAwait(false);
        }
        catch (RedisServerException failure) when (failure.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            return await database.ExecuteAsync("EVAL", [_text, keys.Length, .. keys, .. arguments]).ConfigureAwait(false);
        }
    }

    /// <summary>The lifetimes are kept in one place, which is not here.</summary>
    private static string Lifetimes()
    {
        var text = new StringBuilder();
        Add("OPEN_GRACE", RegistryLifetimes.OpenGrace);
        Add("COMMITTED", RegistryLifetimes.Committed);
        Add("COMMITTED_HERE", RegistryLifetimes.CommittedHere);
        Add("DONE", RegistryLifetimes.Done);
        Add("ROLLED_BACK", RegistryLifetimes.RolledBack);
        Add("MESSAGES", RegistryLifetimes.Messages);
        Add("OPEN_INDEX", RegistryLifetimes.OpenIndex);
        Add("HEARTBEAT", RegistryLifetimes.Heartbeat);
        Add("NUMBERS", RegistryLifetimes.Numbers);
        Add("PREPARED", RegistryLifetimes.PreparedMessage);
        Add("MESSAGE", RegistryLifetimes.Message);
        Add("MESSAGE_OVER", RegistryLifetimes.MessageOver);
        Add("PAST", RegistryLifetimes.Past);
        Add("HOURS", RegistryLifetimes.Hours);
        Add("MINUTES", RegistryLifetimes.Minutes);
        Add("STATUS", RegistryLifetimes.Status);
        text.Append(CultureInfo.InvariantCulture, $"local LONGEST_LIST = {RegistryLimits.LongestList}\n");
        text.Append(CultureInfo.InvariantCulture, $"local LISTED_MESSAGES = {RegistryLimits.ListedMessages}\n");
        text.Append(CultureInfo.InvariantCulture, $"local ENDED_MESSAGES = {RegistryLimits.EndedMessages}\n");
        text.Append(CultureInfo.InvariantCulture, $"local PAST_RECORD = {RegistryLimits.PastRecord}\n");
        text.Append(CultureInfo.InvariantCulture, $"local REASONS_PER_HOUR = {RegistryLimits.ReasonsPerHour}\n");
        text.Append(CultureInfo.InvariantCulture, $"local PAST_SERVICES = {RegistryLimits.PastServices}\n");
        text.Append(CultureInfo.InvariantCulture, $"local FORGOTTEN_TOGETHER = {RegistryLimits.ForgottenTogether}\n");
        return text.ToString();

        void Add(string name, TimeSpan value) =>
            text.Append(CultureInfo.InvariantCulture, $"local {name} = {(long)value.TotalMilliseconds}\n");
    }

    private static string Read(string name)
    {
        using var stream = typeof(RedisScript).Assembly.GetManifestResourceStream($"Fat.Scripts.{name}")
            ?? throw new InvalidOperationException($"The script '{name}' is not part of the assembly.");
        using var reader = new StreamReader(stream, Encoding.UTF8);
        return reader.ReadToEnd();
    }
}
