using Fat.Coordination;
using Fat.Core.Tests.Registry;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Fat.Core.Tests.Hosting;

/// <summary>Queues and records come with the registry of a host, and whoever listens for work there hears of it.</summary>
public sealed class WorkSignalTests(PlainRedisFixture fixture) : IClassFixture<PlainRedisFixture>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Work_that_is_put_is_signalled_in_the_process_that_had_none(bool inMemory)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        var fat = builder.Services.AddFat(options => (options.Redis.Host, options.Redis.Port) = (fixture.Server.Host, fixture.Server.Port));
        if (inMemory)
            fat.UseInMemoryRegistry();
        using var host = builder.Build();
        await host.StartAsync(Cancellation);
        var participant = host.Services.GetRequiredService<Participant>();
        var queues = host.Services.GetRequiredService<IWorkQueues>();
        var queue = QueueName.Calls(GroupSample.NewService());
        var signalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var listening = participant.Signals.Listen(queue, () => signalled.TrySetResult());
        Assert.Empty((await queues.TakeAsync(queue, participant.Node.Instance, 1, TimeSpan.FromMinutes(1), Cancellation)).Items);

        await queues.PutAsync(queue, [new WorkItem("a", "body")], Cancellation);

        await signalled.Task.WaitAsync(TimeSpan.FromSeconds(15), TimeProvider.System, Cancellation);
        Assert.Empty(await host.Services.GetRequiredService<IMessageRecords>().TopicsAsync(Cancellation));
        await host.StopAsync(Cancellation);
    }
}
