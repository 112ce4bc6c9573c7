using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Fat.Torture.Service;
using Fat.Torture.Stage;

namespace Fat.Torture.Load;

/// <summary>Asks instances for one operation after another, many at a time, and keeps what it was told.</summary>
internal sealed class Client(World world, TortureOptions options) : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly HttpClient _http = new(new SocketsHttpHandler { PooledConnectionIdleTimeout = TimeSpan.FromSeconds(5) }) { Timeout = Patience };
    private readonly ConcurrentQueue<Operation> _operations = new();

    public IReadOnlyCollection<Operation> Operations => _operations;

    /// <summary>Runs until it is stopped; operations that were begun by then are waited for.</summary>
    public Task RunAsync(CancellationToken stop) =>
        Task.WhenAll(Enumerable.Range(0, options.Workers).Select(worker => WorkAsync(new Random(options.Seed * 1_000 + worker), stop)));

    public void Dispose() => _http.Dispose();

    private async Task WorkAsync(Random random, CancellationToken stop)
    {
        await Task.Yield();
        var plans = new PlanMaker(random);
        while (!stop.IsCancellationRequested)
        {
            var plan = plans.Next();
            var instances = world.Instances.Where(instance => instance.Service == plan.Service).ToArray();
            var operation = await AskAsync(plan, instances[plan.Joins ? plan.Instance(instances.Length) : random.Next(instances.Length)]);
            _operations.Enqueue(operation);
            if (operation.Answer == Answer.Unknown)
                await Task.Delay(PauseAfterFailure, TimeProvider.System, CancellationToken.None);
        }
    }

    private async Task<Operation> AskAsync(Step plan, ServiceInstance instance)
    {
        var began = world.Age;
        var (answer, detail) = await AnswerAsync(plan, instance);
        return new Operation(plan, instance.Name, began, world.Age - began, answer, detail);
    }

    private async Task<(Answer Answer, string Detail)> AnswerAsync(Step plan, ServiceInstance instance)
    {
        try
        {
            using var response = await _http.PostAsJsonAsync(new Uri(instance.Address, "transfers"), plan);
            var text = await response.Content.ReadAsStringAsync();
            if (response.StatusCode == HttpStatusCode.OK)
                return (Answer.Committed, text);
            return (IsRolledBack(text) ? Answer.RolledBack : Answer.Unknown, $"{(int)response.StatusCode} {text}");
        }
        catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or IOException or SocketException)
        {
            return (Answer.Unknown, failure.Message);
        }
    }

    private static bool IsRolledBack(string text)
    {
        try
        {
            using var problem = JsonDocument.Parse(text);
            return problem.RootElement.TryGetProperty("outcome", out var outcome) && outcome.ValueEquals("rolled-back");
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
