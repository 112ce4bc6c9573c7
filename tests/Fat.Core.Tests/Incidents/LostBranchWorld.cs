using System.Net;
using System.Net.Http.Json;
using Fat.Core.Tests.Faults;
using Fat.Core.Tests.World;
using Fat.Faults;
using Fat.Shop;

namespace Fat.Core.Tests.Incidents;

/// <summary>
/// Processes: orders, which prepares and begins groups, and vault, which holds its transactions open and enters two rows in each. What is done to
/// vault at a fault point is done after the decision.
/// </summary>
public sealed class LostBranchWorld : IAsyncDisposable
{
    private static int _number = 1000;

    private readonly Lane _lane;

    private LostBranchWorld(Lane lane) => _lane = lane;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    internal ShopInstance Orders => _lane[Scenarios.Orders];

    internal ShopInstance Vault => _lane[Scenarios.Vault];

    public static async Task<LostBranchWorld> StartAsync(Servers servers, params IEnumerable<(string Name, string Value)> settings)
    {
        // A held branch that waits for longer asks its root to abort: more than a busy machine needs.
        var lane = new Lane(servers, Interlocked.Increment(ref _number), settings.Append(("Fat__WaitCommit", "00:00:05")));
        await lane.CreateAsync();
        await lane.ReadyAsync([Scenarios.Orders, Scenarios.Vault], Stop);
        return new LostBranchWorld(lane);
    }

    internal ShopInstance AnotherVault() => _lane.Another(Scenarios.Vault);

    /// <summary>A group that commits, and whose held branch comes to a fault point then. The client has its answer.</summary>
    internal async Task<int> CommitUpToAsync(FaultPoint point, Side side, int rows = 1)
    {
        await Vault.StopAtAsync(point, side, Since, Stop);
        var id = await CommitAsync(rows);
        await Vault.ReachedAsync(point, side, Stop);
        return id;
    }

    /// <summary>A group that commits.</summary>
    public async Task<int> CommitAsync(int rows = 1)
    {
        var id = _lane.NextId();
        await AskAsync(id, rows, gated: false);
        return id;
    }

    /// <summary>A group that commits while vault, which has voted, stands still.</summary>
    public async Task<int> CommitWithoutVaultAsync(int rows = 1)
    {
        var id = _lane.NextId();
        var asked = AskAsync(id, rows, gated: true);
        await Orders.GateReachedAsync(Stop);
        await Vault.PauseAsync(Stop);
        await Orders.OpenGateAsync(Stop);
        await asked;
        return id;
    }

    private async Task AskAsync(int id, int rows, bool gated)
    {
        var errand = new Errand(id, 1, gated, false, [new Call(Scenarios.Vault, false, new Errand(id, rows, false, false, []))]);
        using var response = await _lane.Http.PostAsJsonAsync(new Uri(Orders.Address, "errands/prepared"), errand, Stop);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
    }

    /// <summary>Before all groups of this test.</summary>
    public static DateTimeOffset Since { get; } = TimeProvider.System.GetUtcNow() - TimeSpan.FromSeconds(1);

    /// <summary>Kills vault where it stands.</summary>
    internal Task KillAsync(FaultPoint point, Side side) => Vault.TellAsync(point, side, Deed.Kill, Stop);

    internal static string At(FaultPoint point, Side side) => FormattableString.Invariant($"{point}.{side}.{Since.ToUnixTimeMilliseconds()}");

    /// <summary>The rows of a request that are to be seen.</summary>
    internal static Task<long> RowsAsync(ShopInstance instance, int id) => instance.CountAsync($"SELECT count(*) FROM items WHERE id = {id}", Stop);

    /// <summary>The states of vault's journal rows, in the order of their branches.</summary>
    public Task<string?> StatesAsync() => Vault.TextAsync("SELECT string_agg(state, ' ' ORDER BY create_time) FROM fat_journal", Stop);

    /// <summary>What vault's incidents have told, oldest first.</summary>
    public Task<string?> EventsAsync() => Vault.TextAsync("SELECT string_agg(kind, ' ' ORDER BY branch_id, number) FROM fat_journal_events", Stop);

    public Task<long> HeldMarksAsync() => Vault.CountAsync("SELECT count(*) FROM fat_barrier WHERE op = 'held'", Stop);

    public Task StatesBecomeAsync(string? states) => UntilAsync(StatesAsync, states);

    public static async Task UntilAsync<T>(Func<Task<T>> look, T expected)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        deadline.CancelAfter(TimeSpan.FromSeconds(60));
        T seen = default!;
        try
        {
            while (!EqualityComparer<T>.Default.Equals(seen = await look(), expected))
                await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, deadline.Token);
        }
        catch (OperationCanceledException)
        {
            Assert.Fail($"'{expected}' was waited for, and it is '{seen}'.");
        }
    }

    /// <summary>Nothing of any group is left: prepared, waiting, or written down and not an incident.</summary>
    public async Task NothingLeftAsync()
    {
        await UntilAsync(async () => string.Join("; ", await _lane.LeftAsync(Stop)), string.Empty);
        await UntilAsync(() => Vault.CountAsync("SELECT count(*) FROM fat_journal WHERE state = 'journalled'", Stop), 0);
    }

    public async ValueTask DisposeAsync()
    {
        if (TestContext.Current.TestState?.Result == TestResult.Failed)
            TestContext.Current.TestOutputHelper?.WriteLine(_lane.Tails());
        await _lane.DisposeAsync();
    }
}
