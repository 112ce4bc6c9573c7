using System.Net;

namespace Fat.Registry.Redis;

/// <summary>Tells whoever wants to log or count it what happens on the way to the server. Called on threads of the client, or of whoever ran an operation.</summary>
internal sealed class RedisLinkEvents
{
    public Action<EndPoint?, Exception?>? Lost { get; set; }

    public Action<EndPoint?>? Restored { get; set; }

    /// <summary>An operation is over: its name, how long its caller waited, and why it failed, if it did.</summary>
    public Action<string, TimeSpan, Exception?>? Ran { get; set; }
}
