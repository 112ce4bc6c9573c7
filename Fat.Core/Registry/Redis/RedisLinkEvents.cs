using System.Net;

namespace Fat.Registry.Redis;

/// <summary>Tells whoever wants to log it that connections to the server were lost or restored. Called on threads of the client.</summary>
internal sealed class RedisLinkEvents
{
    public Action<EndPoint?, Exception?>? Lost { get; set; }

    public Action<EndPoint?>? Restored { get; set; }
}
