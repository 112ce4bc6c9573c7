using System.Diagnostics;
using Fat.Bench.Measuring;
using Fat.Bench.Service;

namespace Fat.Bench.Commit;

/// <summary>Clients that each send a request, wait for its answer, and send the next.</summary>
internal sealed class Clients : IDisposable
{
    private const int MostChildren = 4;

    // A client comes back to a row only after so many requests, so that it does not wait for its own last group's locks.
    private const int RowsOfClient = 16;

    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(60) };
    private int _failuresTold;

    public async Task<CommitRound> RoundAsync(CommitStage stage, CommitLoad load, TimeSpan length, CancellationToken cancellationToken)
    {
        var before = await stage.Meter.ReadAsync(cancellationToken);
        var start = Stopwatch.GetTimestamp();
        var all = await Task.WhenAll(Enumerable.Range(0, load.Concurrency)
            .Select(client => Task.Run(() => RunAsync(stage, client, load.Children, start, length, cancellationToken), cancellationToken)));
        await stage.Meter.DrainAsync(cancellationToken);
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        var use = await stage.Meter.ReadAsync(cancellationToken) - before;
        var times = all.SelectMany(client => client.Times).Order().ToList();
        return new CommitRound(
            times.Count, all.Sum(client => client.Failures), seconds, Sample.Percentile(times, 0.5), Sample.Percentile(times, 0.99), use);
    }

    public void Dispose() => _http.Dispose();

    private async Task<(List<double> Times, int Failures)> RunAsync(
        CommitStage stage, int client, int children, long start, TimeSpan length, CancellationToken cancellationToken)
    {
        var address = new Uri(stage.Address, "groups");
        var times = new List<double>();
        var failures = 0;
        for (var request = 0; Stopwatch.GetElapsedTime(start) < length; request++)
        {
            var sent = Stopwatch.GetTimestamp();
            var account = ((client * RowsOfClient) + (request % RowsOfClient)) * MostChildren;
            using var response = await _http.PostAsJsonAsync(address, new NewGroup(account, children), cancellationToken);
            var answer = await response.Content.ReadAsStringAsync(cancellationToken);
            if (response.IsSuccessStatusCode)
            {
                times.Add(Stopwatch.GetElapsedTime(sent).TotalMilliseconds);
                continue;
            }

            failures++;
            if (Interlocked.Increment(ref _failuresTold) <= 5)
                Console.Error.WriteLine($"    {stage.Mode.Name()} answered {(int)response.StatusCode}: {(answer.Length > 400 ? answer[..400] : answer)}");
        }

        return (times, failures);
    }
}
