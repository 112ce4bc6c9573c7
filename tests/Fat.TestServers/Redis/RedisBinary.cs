using System.Globalization;

namespace Fat.TestServers;

/// <summary>The redis-server installed on this machine.</summary>
internal sealed class RedisBinary(string path) : RedisProgram
{
    public static RedisBinary? Find() => Executable.Find("redis-server") is { } path ? new RedisBinary(path) : null;

    public override ChildProcessOptions Describe(RedisServerOptions options, int port, string dataFolder) => new()
    {
        FileName = path,
        Arguments = [.. Arguments(options, port, dataFolder), .. options.ExtraArguments],
        WorkingDirectory = dataFolder,
        OnLine = options.OnLine,
    };

    private static IEnumerable<string> Arguments(RedisServerOptions options, int port, string dataFolder)
    {
        yield return "--port";
        yield return port.ToString(CultureInfo.InvariantCulture);
        yield return "--bind";
        yield return RedisServer.LoopbackHost;
        yield return "--dir";
        yield return dataFolder;
        yield return "--save";
        yield return "";
        yield return "--appendonly";
        yield return options.AppendOnly ? "yes" : "no";
        yield return "--appendfsync";
        yield return "always";

        // A replica that joins is served at once instead of after five seconds.
        yield return "--repl-diskless-sync-delay";
        yield return "0";
        if (options.Password is { } password)
        {
            yield return "--requirepass";
            yield return password;
            yield return "--masterauth";
            yield return password;
        }

        if (options.ReplicaOf is { } master)
        {
            yield return "--replicaof";
            yield return master.Address.ToString();
            yield return master.Port.ToString(CultureInfo.InvariantCulture);
        }
    }
}
