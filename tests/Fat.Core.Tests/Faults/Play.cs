using System.Net;
using System.Net.Http.Json;
using System.Net.Sockets;
using System.Text.Json;
using Fat.Faults;
using Fat.Shop;

namespace Fat.Core.Tests.Faults;

/// <summary>One case, played in a lane: the client asks, the fault strikes, and what is left over is waited for.</summary>
internal sealed class Play(MatrixCase played, Lane lane)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What a busy machine may add to the document's times.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromSeconds(10);

    private readonly Scenario _scenario = Scenarios.Of(played.Row);
    private readonly FaultPoint _point = played.Row.Point;
    private readonly Side _side = played.Row.Point is FaultPoint.Receive or FaultPoint.TakeResolve ? Side.After : played.Fault.Side;
    private readonly int _id = lane.NextId();

    /// <summary>Processes may still be at work for groups of earlier cases: an acknowledgement, a question that was asked twice.</summary>
    private DateTimeOffset _begun;

    private ShopInstance Root => lane[_scenario.Root];

    private ShopInstance Early => lane[Scenarios.Accounts];

    /// <summary>What the root has to have done before the request goes on.</summary>
    private FaultPoint? Passes => _scenario.Opens switch
    {
        Opening.BeforeTheVote => FaultPoint.Seal,
        Opening.WhenPrepared => FaultPoint.Prepare,
        Opening.WhenIndexed => FaultPoint.Index,
        _ => null,
    };

    private List<ShopInstance> Struck => [.. _scenario.Struck.Select(service => lane[service])];

    public async Task<Finding> RunAsync(CancellationToken cancellationToken)
    {
        // A process may still be taking groups of an earlier case out of the index, without a trace of it elsewhere.
        if (_scenario.Indexes)
            await Root.KillAsync();
        await lane.ReadyAsync(_scenario.Services, cancellationToken);
        if (_scenario.Indexes)
            await UntilAsync(async () => await lane.IndexedAsync(_scenario.Root, cancellationToken) == 0, cancellationToken);
        using var reaching = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        reaching.CancelAfter(Patience);
        _begun = TimeProvider.System.GetUtcNow();
        var asked = await BeginAsync(reaching.Token);
        await Task.WhenAll(Struck.Select(instance => instance.ReachedAsync(_point, _side, reaching.Token)));
        if (played.Fault.Deed == Deed.Pass)
            await Task.Delay(Pace.Chosen.Delay, TimeProvider.System, cancellationToken);
        await Task.WhenAll(Struck.Select(instance => instance.TellAsync(_point, _side, played.Fault.Deed, reaching.Token)));

        var struck = TimeProvider.System.GetTimestamp();
        foreach (var service in _scenario.Gated.Where(service => lane[service].IsRunning))
            await lane[service].OpenGateAsync(cancellationToken);
        var told = await asked;
        if (played.Fault.Deed == Deed.Kill)
        {
            await Task.WhenAll(Struck.Select(instance => instance.StartAsync(null, cancellationToken)));
            struck = TimeProvider.System.GetTimestamp();
        }

        await CleanAsync(struck, cancellationToken);
        return new Finding(await AgreedAsync(cancellationToken), told, TimeProvider.System.GetElapsedTime(struck));
    }

    /// <summary>Sends the request and lets it come to where the fault can strike. Returns what the client will be told.</summary>
    private async Task<Task<string>> BeginAsync(CancellationToken reaching)
    {
        if (_scenario.First == FirstFault.HeldBranchDied)
            return await LoseHeldBranchesAsync(reaching);
        var dies = _scenario.First == FirstFault.RootDied;
        if (_scenario.Armed == Moment.Beginning)
            await ArmAsync(dies ? Struck.Where(instance => instance != Root) : Struck, reaching);
        if (_scenario.Behind is not null)
            await Early.StopAtAsync(FaultPoint.Prepare, Side.Before, _begun, reaching);
        if (Passes is { } passed)
            await Root.StopAtAsync(passed, Side.After, _begun, reaching);
        if (_scenario.First != FirstFault.None)
            await Root.StopAtAsync(FaultPoint.Decide, dies ? Side.Before : Side.After, _begun, reaching);

        var asked = AskAsync();
        await OpenAsync(reaching);
        if (_scenario.First != FirstFault.None)
            await AtAsync(Root, FaultPoint.Decide, dies ? Side.Before : Side.After, dies ? Deed.Kill : Deed.Throw, reaching);
        if (dies)
            await Root.StartAsync($"{_point}.{_side}.{_begun.ToUnixTimeMilliseconds()}", reaching);
        if (_scenario.Armed == Moment.AtGate)
            await Root.GateReachedAsync(reaching);
        if (_scenario.Armed == Moment.Told)
            await asked.WaitAsync(reaching);
        if (_scenario.Armed != Moment.Beginning)
            await ArmAsync(Struck, reaching);
        return asked;
    }

    /// <summary>Kills who is struck between the decision and the COMMIT of a held branch, and starts him again, to stop at the point.</summary>
    private async Task<Task<string>> LoseHeldBranchesAsync(CancellationToken reaching)
    {
        await Task.WhenAll(Struck.Select(instance => instance.StopAtAsync(FaultPoint.CommitHeld, Side.Before, _begun, reaching)));
        var asked = AskAsync();
        await Task.WhenAll(Struck.Select(instance => instance.ReachedAsync(FaultPoint.CommitHeld, Side.Before, reaching)));
        await Task.WhenAll(Struck.Select(instance => instance.TellAsync(FaultPoint.CommitHeld, Side.Before, Deed.Kill, reaching)));
        await Task.WhenAll(Struck.Select(instance => instance.StartAsync($"{_point}.{_side}.{_begun.ToUnixTimeMilliseconds()}", reaching)));
        return asked;
    }

    /// <summary>Leads the early child behind its answer and the root through its gate, as the scenario wants it.</summary>
    private async Task OpenAsync(CancellationToken reaching)
    {
        if (_scenario.Behind is not null)
            await Root.GateReachedAsync(reaching);
        if (_scenario.Opens is Opening.AtOnce or Opening.BeforeTheVote)
            await Root.OpenGateAsync(reaching);
        if (Passes is { } passed)
            await AtAsync(Root, passed, Side.After, Deed.Pass, reaching);
        if (_scenario.Behind is { } deed)
            await AtAsync(Early, FaultPoint.Prepare, Side.Before, deed, reaching);
        if (_scenario.Opens is Opening.WhenPrepared or Opening.WhenIndexed)
            await Root.OpenGateAsync(reaching);
    }

    private static async Task AtAsync(ShopInstance instance, FaultPoint point, Side side, Deed deed, CancellationToken cancellationToken)
    {
        await instance.ReachedAsync(point, side, cancellationToken);
        await instance.TellAsync(point, side, deed, cancellationToken);
    }

    private Task ArmAsync(IEnumerable<ShopInstance> instances, CancellationToken cancellationToken) =>
        Task.WhenAll(instances.Select(instance => instance.StopAtAsync(_point, _side, _begun, cancellationToken)));

    /// <summary>The client: what it is told.</summary>
    private async Task<string> AskAsync()
    {
        var errand = _scenario.Errand with { Id = _id, Calls = [.. _scenario.Errand.Calls.Select(call => call with { Errand = call.Errand with { Id = _id } })] };
        try
        {
            using var response = await lane.Http.PostAsJsonAsync(new Uri(Root.Address, "errands/prepared"), errand);
            var text = await response.Content.ReadAsStringAsync();
            return response.StatusCode == HttpStatusCode.OK ? Finding.Committed : Problem(text);
        }
        catch (Exception failure) when (failure is HttpRequestException or SocketException)
        {
            return Finding.NoAnswer;
        }
    }

    private static string Problem(string text)
    {
        using var problem = JsonDocument.Parse(text);
        return problem.RootElement.GetProperty("outcome").GetString()!.Replace('-', ' ');
    }

    private async Task CleanAsync(long struck, CancellationToken cancellationToken)
    {
        using var bounded = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var most = Pace.Chosen.Of(played.Row.Within) + Slack - TimeProvider.System.GetElapsedTime(struck);
        bounded.CancelAfter(most > TimeSpan.Zero ? most : TimeSpan.Zero);
        IReadOnlyList<string> left = [];
        try
        {
            await UntilAsync(async () => (left = await LeftAsync(cancellationToken)).Count == 0, bounded.Token);
        }
        catch (OperationCanceledException late) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"It was not over within {played.Row.Within}. Left: {string.Join("; ", left)}.", late);
        }
    }

    private async Task<IReadOnlyList<string>> LeftAsync(CancellationToken cancellationToken)
    {
        var left = new List<string>(await lane.LeftAsync(cancellationToken));
        if (_scenario.Indexes && await lane.IndexedAsync(_scenario.Root, cancellationToken) is > 0 and var indexed)
            left.Add($"{indexed} in the index");
        foreach (var instance in Struck.Where(instance => instance.Service is Scenarios.Vault or Scenarios.Cellar))
        {
            if (await instance.CountAsync("SELECT count(*) FROM fat_journal WHERE state <> 'replayed'", cancellationToken) is > 0 and var journalled)
                left.Add($"{journalled} in the journal of {instance.Service}");
        }

        if (_scenario.Forgets && await Root.CountAsync($"SELECT count(*) FROM fat_barrier WHERE gid IN (SELECT gid FROM items WHERE id = {_id})", cancellationToken) > 0)
            left.Add("the decision row");
        return left;
    }

    /// <summary>What the databases agree on.</summary>
    private async Task<string> AgreedAsync(CancellationToken cancellationToken)
    {
        var missing = new List<string>();
        var there = new List<string>();
        foreach (var (service, rows) in _scenario.Rows)
        {
            var found = await lane[service].CountAsync($"SELECT count(*) FROM items WHERE id = {_id}", cancellationToken);
            there.AddRange(Enumerable.Repeat(service, (int)found));
            missing.AddRange(Enumerable.Repeat(service, rows - (int)found));
        }

        return (there, missing) switch
        {
            (_, []) => Finding.Committed,
            ([], _) => Finding.RolledBack,
            _ => $"torn: {string.Join(", ", there)} are there, {string.Join(", ", missing)} are not",
        };
    }

    private static async Task UntilAsync(Func<Task<bool>> isSo, CancellationToken cancellationToken)
    {
        while (!await isSo())
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
    }
}
