namespace Fat.TestServers.Network;

/// <summary>Where a proxy's connections lead, and what happens on the way. Connections that exist stay when the target changes.</summary>
internal sealed class ProxyRoute(string targetHost, int targetPort, ProxyLane toServer, ProxyLane toClient, TimeProvider time)
{
    private volatile Endpoint _target = new(targetHost, targetPort);

    public Endpoint Target
    {
        get => _target;
        set => _target = value;
    }

    public ProxyLane ToServer => toServer;

    public ProxyLane ToClient => toClient;

    public TimeProvider Time => time;

    internal sealed record Endpoint(string Host, int Port);
}
