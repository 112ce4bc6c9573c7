namespace Fat;

/// <summary>How Redis (or a server that speaks its protocol, such as Garnet) is reached.</summary>
public sealed class FatRedisOptions
{
    /// <summary>
    /// A StackExchange.Redis configuration string. When set it is used as it is and the single settings below are ignored, but for
    /// <see cref="KeyPrefix"/> and the files for TLS. Default: none.
    /// </summary>
    public string? Configuration { get; set; }

    /// <summary>The host. Default: <c>127.0.0.1</c>.</summary>
    public string Host { get; set; } = "127.0.0.1";

    /// <summary>The port. Default: 6379.</summary>
    public int Port { get; set; } = 6379;

    /// <summary>The logical database. Default: 0.</summary>
    public int Database { get; set; }

    /// <summary>The ACL user, which needs StackExchange.Redis 2.1 or later in the application. Default: none.</summary>
    public string? User { get; set; }

    /// <summary>The password. Default: none.</summary>
    public string? Password { get; set; }

    /// <summary>Connect with TLS. Default: false.</summary>
    public bool Tls { get; set; }

    /// <summary>The name that the server's certificate is for. Default: the host.</summary>
    public string? TlsHost { get; set; }

    /// <summary>
    /// A PEM file with the authorities that may have signed the server's certificate, instead of those that the machine trusts. Holds for every connection that Fat opens,
    /// those by <see cref="Configuration"/> and beside an application's multiplexer included. Revocation lists are not asked. Default: none.
    /// </summary>
    public string? TlsAuthority { get; set; }

    /// <summary>A PEM file with the certificate that this process shows to a server that asks for one (<c>tls-auth-clients</c>). Holds as <see cref="TlsAuthority"/>. Default: none.</summary>
    public string? TlsCertificate { get; set; }

    /// <summary>The PEM file with its private key; not needed when that is in the same file. Default: none.</summary>
    public string? TlsKey { get; set; }

    /// <summary>The longest time to connect. Default: 5 s, at most 1 h.</summary>
    public TimeSpan ConnectTimeout { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>The longest time that a command may take. Default: 2 s, at most 1 h.</summary>
    public TimeSpan CommandTimeout { get; set; } = TimeSpan.FromSeconds(2);

    /// <summary>Some nodes of a Redis Cluster, as <c>host:port</c>. When set, <see cref="Host"/> and <see cref="Port"/> are ignored.</summary>
    public IList<string> ClusterNodes { get; } = [];

    /// <summary>The prefix of every key: 1 to 20 of <c>A-Za-z0-9._-</c>. Default: <c>fat</c>.</summary>
    public string KeyPrefix { get; set; } = "fat";
}
