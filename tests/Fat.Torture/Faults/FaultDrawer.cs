using System.Net.Sockets;
using Fat.TestServers.Network;
using Fat.Torture.Stage;

namespace Fat.Torture.Faults;

/// <summary>Draws faults: the same ones in the same order for a seed, whatever happens meanwhile.</summary>
internal sealed class FaultDrawer(World world, IReadOnlyDictionary<FaultKind, int> mix, int seed, HttpClient backDoor)
{
    private readonly Random _random = new(seed);

    /// <summary>The time until the next fault is drawn.</summary>
    public TimeSpan Pause() => Between(150, 600);

    public Fault Next()
    {
        var kind = Kind();
        var instance = world.Instances[_random.Next(world.Instances.Length)];
        var server = _random.Next(world.Servers.Length);
        var link = _random.Next(3);
        var time = Time(kind);
        return kind switch
        {
            FaultKind.KillService => new Fault(kind, instance.Name, time, stop => KillAsync(instance, time, stop)),
            FaultKind.StopService => new Fault(kind, instance.Name, time, stop => StopAsync(instance, time, stop)),
            FaultKind.KillRedis => new Fault(kind, "redis", time, stop => KillRedisAsync(keepData: true, time, stop)),
            FaultKind.KillRedisAndData => new Fault(kind, "redis", time, stop => KillRedisAsync(keepData: false, time, stop)),
            FaultKind.FlushRedis => new Fault(kind, "redis", TimeSpan.Zero, _ => world.Redis.FlushAsync(CancellationToken.None)),
            FaultKind.PromoteStaleReplica => new Fault(kind, "redis", time, stop => PromoteAsync(time, stop)),
            FaultKind.StopPostgres => new Fault(kind, $"postgres-{server + 1}", time, stop => StopPostgresAsync(server, time, stop)),
            FaultKind.DuplicateRequests => new Fault(kind, $"{instance.Name} calls", time, stop => DisturbAsync(instance, "duplicate", time, stop)),
            FaultKind.ReorderRequests => new Fault(kind, $"{instance.Name} calls", time, stop => DisturbAsync(instance, "reorder", time, stop)),
            _ => OnLink(kind, instance, link, time),
        };
    }

    private static async Task WaitAsync(TimeSpan time, CancellationToken stop) =>
        await Task.Delay(time, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    private FaultKind Kind()
    {
        var drawn = _random.Next(mix.Values.Sum());
        foreach (var kind in Enum.GetValues<FaultKind>())
        {
            drawn -= mix.GetValueOrDefault(kind);
            if (drawn < 0)
                return kind;
        }

        throw new InvalidOperationException("The mix of faults is empty.");
    }

    private TimeSpan Time(FaultKind kind) => kind switch
    {
        FaultKind.KillService => Between(0, 2_000),

        // Past WaitCommit and past what makes it seem dead, or past the group's time-out.
        FaultKind.StopService => _random.Next(2) == 0 ? Between(3_500, 8_500) : Between(10_500, 13_000),
        FaultKind.KillRedis or FaultKind.KillRedisAndData => Between(100, 3_000),
        FaultKind.PromoteStaleReplica => Between(300, 2_000),
        FaultKind.StopPostgres => Between(0, 2_000),
        FaultKind.DuplicateRequests or FaultKind.ReorderRequests => Between(1_000, 4_000),
        _ => Between(200, 4_500),
    };

    private TimeSpan Between(int least, int most) => TimeSpan.FromMilliseconds(_random.Next(least, most));

    private Fault OnLink(FaultKind kind, ServiceInstance instance, int link, TimeSpan time)
    {
        var (name, proxy) = link switch
        {
            0 => ("requests", instance.Requests),
            1 => ("database", instance.Database),
            _ => ("registry", instance.Registry),
        };
        var latency = Between(20, 700);
        return new Fault(kind, $"{instance.Name} {name}", kind == FaultKind.CutLink ? TimeSpan.Zero : time, async stop =>
        {
            switch (kind)
            {
                case FaultKind.CutLink:
                    await proxy.CutAsync(CancellationToken.None);
                    return;
                case FaultKind.DelayLink:
                    proxy.ToServer.Rule = TrafficRule.Delay(latency);
                    proxy.ToClient.Rule = TrafficRule.Delay(latency);
                    break;
                case FaultKind.DropReplies:
                    proxy.DropReplies();
                    break;
                default:
                    proxy.ToServer.Rule = TrafficRule.Hold;
                    proxy.ToClient.Rule = TrafficRule.Hold;
                    break;
            }

            await WaitAsync(time, stop);
            await proxy.HealAsync(CancellationToken.None);
        });
    }

    private async Task KillAsync(ServiceInstance instance, TimeSpan time, CancellationToken stop)
    {
        await instance.KillAsync(CancellationToken.None);
        await WaitAsync(time, stop);
        await world.StartAsync(instance, CancellationToken.None);
    }

    private static async Task StopAsync(ServiceInstance instance, TimeSpan time, CancellationToken stop)
    {
        await instance.PauseAsync(CancellationToken.None);
        await WaitAsync(time, stop);
        await instance.ResumeAsync();
    }

    private async Task KillRedisAsync(bool keepData, TimeSpan time, CancellationToken stop)
    {
        await world.Redis.KillAsync(CancellationToken.None);
        await WaitAsync(time, stop);
        await world.Redis.StartAgainAsync(keepData, CancellationToken.None);
    }

    private async Task PromoteAsync(TimeSpan time, CancellationToken stop)
    {
        world.Redis.HoldReplicaBack();
        await WaitAsync(time, stop);
        await world.Redis.PromoteAsync(world.RegistryLinks, CancellationToken.None);
        await world.Redis.ReplaceReplicaAsync(CancellationToken.None);
    }

    private async Task StopPostgresAsync(int server, TimeSpan time, CancellationToken stop)
    {
        await world.Servers[server].StopImmediateAsync(CancellationToken.None);
        await WaitAsync(time, stop);
        await world.Servers[server].StartAgainAsync(CancellationToken.None);
    }

    private async Task DisturbAsync(ServiceInstance instance, string how, TimeSpan time, CancellationToken stop)
    {
        try
        {
            using var response = await backDoor.PostAsync(new Uri(instance.BackDoor, $"nemesis/{how}/{(int)time.TotalMilliseconds}"), null, stop);
            response.EnsureSuccessStatusCode();
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or SocketException)
        {
            // It is dead or stopped just now: then this fault does nothing.
            return;
        }

        await WaitAsync(time, stop);
    }
}
