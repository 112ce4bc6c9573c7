namespace Fat.TestServers;

/// <summary>A program that can be started as a <see cref="RedisServer"/>.</summary>
internal abstract class RedisProgram
{
    /// <summary>How the program is started with the given options.</summary>
    /// <param name="options">What the caller asked for.</param>
    /// <param name="port">The port to listen on.</param>
    /// <param name="dataFolder">Where the program keeps its data.</param>
    public abstract ChildProcessOptions Describe(RedisServerOptions options, int port, string dataFolder);

    /// <exception cref="ServerNotFoundException">The program is not on this machine.</exception>
    public static async Task<RedisProgram> FindAsync(RedisServerKind kind, CancellationToken cancellationToken) => kind switch
    {
        RedisServerKind.Redis => RedisBinary.Find() ?? throw new ServerNotFoundException("redis-server is not installed: apt-get install redis-server"),
        RedisServerKind.Garnet => await GarnetTool.FindAsync(cancellationToken),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Not a kind of server."),
    };
}
