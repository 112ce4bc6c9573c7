namespace Fat.Testing.Network;

/// <summary>Where a proxy's connections lead, and what happens on the way.</summary>
internal sealed record ProxyRoute(string TargetHost, int TargetPort, ProxyLane ToServer, ProxyLane ToClient, TimeProvider Time);
