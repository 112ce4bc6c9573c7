using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using Fat.Torture.Service;
using Fat.Torture.Stage;

namespace Fat.Torture.Load;

/// <summary>Asks instances for messages outside of groups, a few at a time, and keeps what it was told.</summary>
internal sealed class MessageClient(World world, TortureOptions options) : IDisposable
{
    private const int WorkersPerMessenger = 4;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(30);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Patience };
    private readonly ConcurrentQueue<MessageOperation> _operations = new();

    public IReadOnlyCollection<MessageOperation> Operations => _operations;

    /// <summary>One message of each service, to all that there are: from then on its producers know their subscribers, whatever Redis loses.</summary>
    public async Task IntroduceAsync(CancellationToken stop)
    {
        var plans = new PlanMaker(new Random(options.Seed));
        foreach (var instance in world.Instances)
        {
            MessageOperation asked;
            do
            {
                asked = await AskAsync(plans.NextMessage() with { Service = instance.Service, Called = World.Services.First(service => service != instance.Service), Fails = false, Poison = false }, instance);
                await Task.Delay(asked.Answer == Answer.Committed ? TimeSpan.Zero : TimeSpan.FromSeconds(1), TimeProvider.System, stop);
            }
            while (asked.Answer != Answer.Committed);
        }
    }

    /// <summary>Runs until it is stopped; messages that were begun by then are waited for.</summary>
    public Task RunAsync(CancellationToken stop) => Task.WhenAll(
        Enumerable.Range(0, (options.Workers / WorkersPerMessenger) + 1).Select(worker => WorkAsync(new PlanMaker(new Random((options.Seed * 1_000) + 500 + worker)), stop)));

    public void Dispose() => _http.Dispose();

    private async Task WorkAsync(PlanMaker plans, CancellationToken stop)
    {
        await Task.Yield();
        while (!stop.IsCancellationRequested)
        {
            var plan = plans.NextMessage();
            var instances = world.Instances.Where(instance => instance.Service == plan.Service).ToArray();
            await AskAsync(plan, instances[plan.Op.GetHashCode() & (instances.Length - 1)]);
            await Task.Delay(Pause, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<MessageOperation> AskAsync(MessagePlan plan, ServiceInstance instance)
    {
        var began = world.Age;
        var (answer, detail) = await AnswerAsync(plan, instance);
        var operation = new MessageOperation(plan, instance.Name, began, answer, detail);
        _operations.Enqueue(operation);
        return operation;
    }

    private async Task<(Answer Answer, string Detail)> AnswerAsync(MessagePlan plan, ServiceInstance instance)
    {
        try
        {
            using var response = await _http.PostAsJsonAsync(new Uri(instance.Address, "messages"), plan);
            var text = await response.Content.ReadAsStringAsync();
            var answer = response.StatusCode switch
            {
                HttpStatusCode.OK => Answer.Committed,
                HttpStatusCode.Conflict => Answer.RolledBack,
                _ => Answer.Unknown,
            };
            return (answer, $"{(int)response.StatusCode} {text}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            return (Answer.Unknown, failure.Message);
        }
    }
}
