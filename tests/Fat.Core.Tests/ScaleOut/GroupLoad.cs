using System.Collections.Concurrent;
using System.Diagnostics;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>Groups over three services, several at once, until it is stopped; and what became of each.</summary>
internal sealed class GroupLoad
{
    private readonly GroupWorld _world;
    private readonly Func<string, Task>? _between;
    private readonly long _began = Stopwatch.GetTimestamp();
    private readonly ConcurrentBag<Ended> _ended = [];
    private readonly ConcurrentDictionary<int, TimeSpan> _open = [];
    private readonly Task _running;
    private volatile bool _stopping;

    /// <param name="world">The services.</param>
    /// <param name="together">How many groups at once.</param>
    /// <param name="between">What happens inside each group between its two calls; it is told the group's id.</param>
    public GroupLoad(GroupWorld world, int together, Func<string, Task>? between = null)
    {
        _world = world;
        _between = between;
        _running = Task.WhenAll(Enumerable.Range(0, together).Select(_ => Task.Run(RunAsync)));
    }

    /// <summary>Since the load began.</summary>
    public TimeSpan Now => Stopwatch.GetElapsedTime(_began);

    public IReadOnlyCollection<Ended> All => _ended;

    /// <summary>Waits until so many groups that began after a moment have committed.</summary>
    public async Task CommittedSinceAsync(TimeSpan moment, int count, CancellationToken cancellationToken)
    {
        while (_ended.Count(group => group.Began >= moment && group.Outcome == FatOutcome.Committed) < count)
            await Task.Delay(TimeSpan.FromMilliseconds(20), TimeProvider.System, cancellationToken);
    }

    /// <summary>Begins no more groups and waits for the end of those that are open.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        await _running.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System, cancellationToken);
        Assert.Empty(_open);
    }

    /// <summary>Every group is in all three databases or in none, as its client was told, and nothing is left prepared.</summary>
    public async Task AssertAgreementAsync()
    {
        foreach (var service in new[] { _world.Orders, _world.Stock, _world.Accounts })
            await _world.NothingPreparedAsync(service);
        var orders = await IdsAsync(_world.Orders);
        var stock = await IdsAsync(_world.Stock);
        var accounts = await IdsAsync(_world.Accounts);
        foreach (var group in _ended)
        {
            var places = new[] { orders, stock, accounts }.Count(ids => ids.Contains(group.Id));
            var fits = group.Outcome switch
            {
                FatOutcome.Committed => places == 3,
                FatOutcome.RolledBack => places == 0,
                _ => places is 0 or 3,
            };
            Assert.True(fits, $"group {group.Id} ended {group.Outcome} ({group.Error?.Message}) and is in {places} of 3 databases");
        }
    }

    public string Summary()
    {
        var longest = _ended.Max(group => group.Took);
        var ends = _ended.Where(group => group.Outcome == FatOutcome.Committed).Select(group => group.Began + group.Took).Order().ToList();
        var gap = ends.Zip(ends.Skip(1), (one, next) => next - one).Append(TimeSpan.Zero).Max();
        var others = _ended.Where(group => group.Outcome != FatOutcome.Committed).GroupBy(group => $"{group.Outcome}: {(group.Error as FatAbortedException)?.Service} {group.Error?.GetType().Name} {group.Error?.Message}");
        return $"{_ended.Count} groups, {ends.Count} committed; the slowest took {longest.TotalMilliseconds:0} ms; at most {gap.TotalMilliseconds:0} ms without a commit"
            + string.Concat(others.Select(other => $"\n  {other.Count()} × {other.Key}"));
    }

    private static async Task<HashSet<int>> IdsAsync(Service service) =>
        [.. (await service.QueryAsync<int[]>("SELECT coalesce(array_agg(id), '{}') FROM items"))!];

    private async Task RunAsync()
    {
        while (!_stopping)
        {
            var id = _world.NextId();
            var began = Now;
            _open[id] = began;
            var result = await _world.Orders.RootAsync(async (items, token) =>
            {
                var gid = FatContext.Current!.Gid;
                await items.AddAsync(id, token);
                await _world.Stock.CallAsync((stock, stop) => stock.AddAsync(id, stop));
                if (_between is not null)
                    await _between(gid);
                await _world.Accounts.CallAsync((accounts, stop) => accounts.AddAsync(id, stop));
            });
            _ended.Add(new Ended(id, began, Now - began, result.Outcome, result.Error));
            _open.TryRemove(id, out _);
        }
    }

    internal sealed record Ended(int Id, TimeSpan Began, TimeSpan Took, FatOutcome Outcome, Exception? Error);
}
