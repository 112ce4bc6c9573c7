using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Fat.Torture.Service;
using Fat.Torture.Stage;
using Npgsql;

namespace Fat.Torture.Checks;

/// <summary>Waits until every message has ended, and says what is left.</summary>
internal sealed class MessageQuiescence(World world) : IDisposable
{
    /// <summary>What Redis has lost of messages that are over is found again in this time; only then twice would show.</summary>
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(12);

    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(300);

    private const int MostNamed = 5;

    private readonly HttpClient _http = new() { Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>The time from the beginning of the wait until every message had ended; null when it never came.</summary>
    public TimeSpan? Recovery { get; private set; }

    /// <summary>Returns what is left after the deadline: nothing when all is well.</summary>
    /// <param name="began">When the wait began, in the run's time.</param>
    public async Task<IReadOnlyList<string>> WaitAsync(TimeSpan began)
    {
        while (true)
        {
            var left = await LeftAsync();
            Recovery = left.Count > 0 ? null : Recovery ?? world.Age - began;
            if (left.Count == 0 ? world.Age - began > Least : world.Age - began > Deadline)
                return left;
            await Task.Delay(Interval, TimeProvider.System, CancellationToken.None);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<IReadOnlyList<string>> LeftAsync()
    {
        MessageBooks books;
        try
        {
            books = await MessageBooks.ReadAsync(world, CancellationToken.None);
        }
        catch (NpgsqlException exception)
        {
            // A connection of the pool that an immediate stop has broken; the next look uses another.
            return [$"a database could not be asked: {exception.Message}"];
        }

        var missing = books.Missing.ToList();
        List<string> left = [.. missing.Take(MostNamed), .. missing.Count > MostNamed ? [$"{missing.Count - MostNamed} further effects are missing"] : Array.Empty<string>()];
        foreach (var instance in world.Instances.DistinctBy(instance => instance.Service))
        {
            try
            {
                var meant = books.Produced.Count(row => row.Poison && row.Service == instance.Service);
                if (await _http.GetFromJsonAsync<MessagesLeft>(new Uri(instance.BackDoor, "messages/left")) is { } messages && (messages.Prepared + messages.Submitted > 0 || messages.Failed != meant))
                    left.Add($"{instance.Service} has {messages.Prepared} prepared, {messages.Submitted} submitted and {messages.Failed} failed messages instead of 0, 0 and {meant}: {string.Join("; ", messages.Some)}");
            }
            catch (Exception failure) when (failure is HttpRequestException or OperationCanceledException or SocketException or JsonException)
            {
                left.Add($"{instance.Name} does not tell of its messages: {failure.Message}");
            }
        }

        return left;
    }
}
