using System.Net.Sockets;
using Fat.Torture.Stage;
using Npgsql;

namespace Fat.Torture.Checks;

/// <summary>Waits until nothing is left open anywhere, and says how long that took.</summary>
internal sealed class Quiescence(World world) : IDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>The time from the beginning of the wait until no transaction was in doubt any more; null when it never came.</summary>
    public TimeSpan? Recovery { get; private set; }

    /// <summary>Returns what is left after the deadline: nothing when all is well.</summary>
    /// <param name="clientsDone">Completes when no operation is under way.</param>
    public async Task<IReadOnlyList<string>> WaitAsync(Task clientsDone)
    {
        var start = world.Age;
        while (true)
        {
            var idle = clientsDone.IsCompleted;
            await ReplayAsync();
            var prepared = await ListAsync(database => database.PreparedAsync(CancellationToken.None), "in doubt");
            Recovery = prepared.Count > 0 ? null : Recovery ?? world.Age - start;
            var left = prepared
                .Concat(await ListAsync(database => database.OpenTransactionsAsync(CancellationToken.None), "open"))
                .Concat(await ListAsync(database => database.UnreplayedAsync(CancellationToken.None), "held branch"))
                .Concat(await ListAsync(database => database.UntoldAsync(CancellationToken.None), "not told"))
                .Concat(await UnfinishedAsync())
                .Concat((await world.Redis.OpenGroupsAsync(CancellationToken.None)).Select(group => $"{group} is open in the registry"))
                .Concat(idle ? [] : ["clients are still waiting for answers"])
                .ToList();
            if (left.Count == 0 || world.Age - start > Deadline)
                return left;
            await Task.Delay(Interval, TimeProvider.System, CancellationToken.None);
        }
    }

    public void Dispose() => _http.Dispose();

    /// <summary>Groups that a process waits for or works on: one that nobody can finish would be kept in its memory for ever.</summary>
    private async Task<IReadOnlyList<string>> UnfinishedAsync()
    {
        var left = new List<string>();
        foreach (var instance in world.Instances)
        {
            try
            {
                if (await _http.GetStringAsync(new Uri(instance.BackDoor, "unfinished")) is var count and not "0")
                    left.Add($"{instance.Name} still has {count} groups to finish");
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or SocketException)
            {
                left.Add($"{instance.Name} does not answer: {failure.Message}");
            }
        }

        return left;
    }

    private async Task ReplayAsync()
    {
        foreach (var instance in world.Instances.DistinctBy(instance => instance.Service))
        {
            try
            {
                using var response = await _http.PostAsync(new Uri(instance.BackDoor, "operator/replay"), content: null);
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or SocketException)
            {
                // Asked again with the next look.
            }
        }
    }

    private async Task<IReadOnlyList<string>> ListAsync(Func<TransferDatabase, Task<IReadOnlyList<string>>> ask, string what)
    {
        var all = new List<string>();
        foreach (var database in world.Databases)
        {
            try
            {
                all.AddRange((await ask(database)).Select(text => $"{database.Service}, {what}: {text}"));
            }
            catch (NpgsqlException)
            {
                // A connection of the pool that an immediate stop has broken; the next look uses another.
                all.Add($"{database.Service} could not be asked");
            }
        }

        return all;
    }
}
