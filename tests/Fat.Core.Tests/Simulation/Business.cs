using System.Data;
using Fat.Context;
using Fat.Coordination;

namespace Fat.Core.Tests.Simulation;

/// <summary>Runs the methods of a schedule, and is the network between the services.</summary>
internal sealed class Business(World world, Func<int, SimProcess?> instanceOf)
{
    private static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(3);
    private static readonly NoServices Nothing = new();

    private int _writes;

    /// <summary>Requests and copies of requests that have not arrived, or whose method still runs.</summary>
    public int UnderWay { get; private set; }

    public Task<FatScopeResult> BeginAsync(SimProcess process, Leg leg) =>
        process.Runner.RunAsync(Request(leg, null), token => RunAsync(process, leg, token), CancellationToken.None);

    private static FatScopeRequest Request(Leg leg, IReadOnlyDictionary<string, string>? remoteData) =>
        new($"Leg{leg.Number}", new FatServiceRegisterAttribute { Answer = leg.Answer }, remoteData);

    private async Task<string?> RunAsync(SimProcess process, Leg leg, CancellationToken token)
    {
        var execution = new Execution(process.Database);
        leg.Executions.Add(execution);
        var scope = (Scope)AmbientScope.Current!;
        if (leg.IsParallel)
        {
            await Task.WhenAll(leg.Steps.Select(step => StepAsync(process, leg, step, scope, execution, token))).ConfigureAwait(false);
        }
        else
        {
            foreach (var step in leg.Steps)
                await StepAsync(process, leg, step, scope, execution, token).ConfigureAwait(false);
        }

        return leg.Fails ? "It was to fail." : null;
    }

    private async Task StepAsync(SimProcess process, Leg leg, Step step, Scope scope, Execution execution, CancellationToken token)
    {
        if (step.Branch)
            await scope.RunBranchAsync(Branch(process, leg, step, scope, execution), token).ConfigureAwait(false);
        else
            await CallAsync(process, leg, step.Call!, scope).ConfigureAwait(false);
    }

    private BranchCall Branch(SimProcess process, Leg leg, Step step, Scope scope, Execution execution) => new(
        $"Leg{leg.Number}", null, IsolationLevel.ReadCommitted, ReadOnly: false, null, null, step.Join, Nothing,
        async token =>
        {
            if (step.Call is { } inner)
                await CallAsync(process, leg, inner, scope).ConfigureAwait(false);
            if (step.Writes)
                await WriteAsync($"{leg.Number}.{_writes++}", execution, token).ConfigureAwait(false);
            return null;
        });

    private static async Task WriteAsync(string text, Execution execution, CancellationToken token)
    {
        execution.Writes.Add(text);
        var command = FatLocalTransaction.Current!.Connection.CreateCommand();
        await using (command.ConfigureAwait(false))
        {
            command.CommandText = "WRITE " + text;
            await command.ExecuteNonQueryAsync(token).ConfigureAwait(false);
        }
    }

    private async Task CallAsync(SimProcess process, Leg leg, Leg called, Scope scope)
    {
        try
        {
            await CallAsync(process, called, scope).ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (leg.Swallows)
        {
            // The known set remembers that it failed.
        }
    }

    private async Task CallAsync(SimProcess process, Leg leg, Scope scope)
    {
        var call = scope.BeginCall($"service {leg.Service}");
        if (leg.IsOneWay)
        {
            Send(process, leg, call.Fields, reply: null);
            return;
        }

        var answer = new TaskCompletionSource<FatScopeResult?>();
        Send(process, leg, call.Fields, answer);
        if (await answer.Task.ConfigureAwait(false) is { } result)
        {
            call.Answered(result.Reply);
            if (result.Outcome == FatOutcome.Answered)
                return;
        }
        else
        {
            call.Failed("no answer");
        }

        throw new InvalidOperationException("The call has failed.");
    }

    private void Send(SimProcess caller, Leg leg, IReadOnlyDictionary<string, string> fields, TaskCompletionSource<FatScopeResult?>? reply)
    {
        if (reply is not null)
            world.Post(caller, CallTimeout, "call times out", () => reply.TrySetResult(null));
        Deliver(caller, leg, fields, reply);
        if (caller.Faults.CopiesCall())
            Deliver(caller, leg, fields, reply);
    }

    private void Deliver(SimProcess caller, Leg leg, IReadOnlyDictionary<string, string> fields, TaskCompletionSource<FatScopeResult?>? reply)
    {
        if (caller.Faults.LosesCall())
            return;
        UnderWay++;
        world.Post(null, caller.Faults.Latency(), "request", () =>
        {
            UnderWay--;
            // Nobody is there: refused.
            if (instanceOf(leg.Service) is not { } callee)
                world.Post(caller, caller.Faults.Latency(), "refused", () => reply?.TrySetResult(null));
            else
                world.Post(callee, TimeSpan.Zero, "request", () => _ = HandleAsync(caller, callee, leg, fields, reply));
        });
    }

    private async Task HandleAsync(
        SimProcess caller, SimProcess callee, Leg leg, IReadOnlyDictionary<string, string> fields, TaskCompletionSource<FatScopeResult?>? reply)
    {
        var result = await callee.Runner.RunAsync(Request(leg, fields), token => RunAsync(callee, leg, token), _ => reply is not null, CancellationToken.None)
            .ConfigureAwait(false);
        if (reply is not null && !callee.Faults.LosesCall())
            world.Post(null, callee.Faults.Latency(), "reply", () => world.Post(caller, TimeSpan.Zero, "reply", () => reply.TrySetResult(result)));
    }

    private sealed class NoServices : IServiceProvider
    {
        public object? GetService(Type serviceType) => null;
    }
}
