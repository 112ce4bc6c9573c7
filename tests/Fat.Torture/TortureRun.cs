using System.Globalization;
using Fat.TestServers;
using Fat.Torture.Checks;
using Fat.Torture.Faults;
using Fat.Torture.Load;
using Fat.Torture.Stage;

namespace Fat.Torture;

/// <summary>Starts everything, lets clients and the nemesis at it, heals, waits, and looks at what is left.</summary>
internal sealed class TortureRun(TortureOptions options, CancellationToken stop)
{
    private const int MostShown = 40;

    /// <summary>What a reason says when a group has waited for itself.</summary>
    private const string SelfBlocked = "This group already holds it";

    private const int Passed = 0;
    private const int Violated = 1;
    private const int Trouble = 2;

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        using var logs = new LogFolder();
        try
        {
            var summary = await TortureAsync(logs);
            logs.Keeps = options.Keeps && summary.ViolationCount > 0;
            Console.Out.WriteLine(summary with { Logs = logs.Keeps ? logs.Path : null });
            return summary.ViolationCount == 0 ? Passed : Violated;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            await Console.Error.WriteLineAsync("Interrupted.");
            return Trouble;
        }
        catch (Exception failure)
        {
            logs.Keeps = options.Keeps;
            await Console.Error.WriteLineAsync($"The run itself has failed{(logs.Keeps ? $" (logs in {logs.Path})" : "")}: {failure}");
            return Trouble;
        }
    }

    private async Task<Summary> TortureAsync(LogFolder logs)
    {
        await Console.Error.WriteLineAsync("Starting servers and services …");
        await ServerPrograms.EnsureAsync(Console.Error.WriteLine, stop);
        await using var world = await World.StartAsync(options, logs, stop);
        var diary = logs.Open("nemesis", () => world.Age);
        using var client = new Client(world, options);
        using var messenger = new MessageClient(world, options);
        using var nemesis = new Nemesis(world, options, diary);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);

        await Console.Error.WriteLineAsync(string.Create(
            CultureInfo.InvariantCulture, $"Running for {options.Time.TotalSeconds:0} s with seed {options.Seed}, broken: {options.Broken}{(options.Unguarded ? ", no barrier for messages" : "")} …"));
        await messenger.IntroduceAsync(stop);
        var began = world.Age;
        var clients = Task.WhenAll(client.RunAsync(over.Token), messenger.RunAsync(over.Token));
        over.CancelAfter(options.Time);
        await nemesis.RunAsync(over.Token);
        stop.ThrowIfCancellationRequested();
        var ran = world.Age - began;
        diary("Everything is healed");

        await Console.Error.WriteLineAsync("Healed; waiting until nothing is left open …");
        var healed = world.Age;
        using var quiescence = new Quiescence(world);
        var left = await quiescence.WaitAsync(clients);
        await clients;
        using var messages = new MessageQuiescence(world);
        left = [.. left, .. await messages.WaitAsync(healed)];
        var books = new Books(world, client.Operations);
        var messageBooks = await MessageBooks.ReadAsync(world, CancellationToken.None);
        List<string> violations = [.. await books.CheckAsync(), .. messageBooks.Check(messenger.Operations, client.Operations, books.Ledger), .. left.Select(one => $"Left over: {one}.")];
        var joined = client.Operations.Where(operation => operation.Plan.Joins).ToList();
        var attempted = messenger.Operations.Count + client.Operations.Sum(operation => operation.Plan.All().Count(step => step.Publishes));
        return new Summary
        {
            Seed = options.Seed,
            Seconds = Math.Round(ran.TotalSeconds, 1),
            Broken = options.Unguarded ? "MessageBarrier" : options.Broken.ToString(),
            Groups = client.Operations.Count,
            Commits = Count(Answer.Committed),
            Rollbacks = Count(Answer.RolledBack),
            Unknown = Count(Answer.Unknown),
            Joined = joined.Count,
            JoinedCommits = joined.Count(operation => operation.Answer == Answer.Committed),
            SelfBlocked = joined.Count(operation => operation.Detail.Contains(SelfBlocked, StringComparison.Ordinal)),
            Held = client.Operations.Count(operation => operation.Plan.All().Any(step => step.Held)),
            Replayed = books.Replayed,
            Messages = attempted,
            Delivered = messageBooks.Effects.Count,
            Cancelled = attempted - messageBooks.Produced.Count,
            Poisoned = messageBooks.Produced.Count(row => row.Poison),
            Recovered = world.Recovered,
            SlowestMessageSeconds = messages.Recovery is { } last ? Math.Round(last.TotalSeconds, 1) : null,
            UnknownCommitted = books.UnknownCommitted,
            Faults = nemesis.Done.Values.Sum(),
            FaultsByKind = nemesis.Done.OrderBy(pair => pair.Key).ToDictionary(pair => pair.Key.ToString(), pair => pair.Value, StringComparer.Ordinal),
            SlowestRecoverySeconds = quiescence.Recovery is { } recovery ? Math.Round(recovery.TotalSeconds, 1) : null,
            ViolationCount = violations.Count,
            Violations = [.. violations.Take(MostShown)],
        };

        int Count(Answer answer) => client.Operations.Count(operation => operation.Answer == answer);
    }
}
