using Fat.Torture.Load;
using Fat.Torture.Service;
using Fat.Torture.Stage;

namespace Fat.Torture.Checks;

/// <summary>Compares what clients were told with what is in the databases.</summary>
internal sealed class Books(World world, IReadOnlyCollection<Operation> operations)
{
    private readonly List<string> _violations = [];

    /// <summary>Of the operations with an unknown answer, those that are there.</summary>
    public int UnknownCommitted { get; private set; }

    /// <summary>Held branches that a crash took and that were done again.</summary>
    public int Replayed { get; private set; }

    /// <summary>All committed legs.</summary>
    public IReadOnlyList<LedgerRow> Ledger { get; private set; } = [];

    public async Task<IReadOnlyList<string>> CheckAsync()
    {
        var totals = await Task.WhenAll(world.Databases.Select(database => database.TotalAsync(CancellationToken.None)));
        const long expected = TransferDatabase.Accounts * TransferDatabase.InitialBalance;
        if (totals.Sum() != expected * totals.Length)
            _violations.Add($"The total balance is {totals.Sum()} instead of {expected * totals.Length} ({string.Join(", ", totals)}).");

        Ledger = [.. (await Task.WhenAll(world.Databases.Select(database => database.LedgerAsync(CancellationToken.None)))).SelectMany(all => all)];
        var rows = Ledger.ToLookup(row => row.Op);
        foreach (var operation in operations)
            Check(operation, [.. rows[operation.Plan.Op]]);
        var known = operations.Select(operation => operation.Plan.Op).ToHashSet();
        foreach (var stranger in rows.Where(group => !known.Contains(group.Key)))
            _violations.Add($"Operation {stranger.Key} was never asked for: {string.Join("; ", stranger)}.");

        foreach (var database in world.Databases)
        {
            foreach (var changed in await database.ChangedDecisionsAsync(CancellationToken.None))
                _violations.Add($"A decision in {database.Service} has changed: {changed}.");
        }

        await CheckToldAsync();
        return _violations;
    }

    /// <summary>The receiver of the webhook has heard of every change of an incident, as it is recorded, and of nothing else.</summary>
    private async Task CheckToldAsync()
    {
        var recorded = (await Task.WhenAll(world.Databases.Select(database => database.IncidentsAsync(CancellationToken.None)))).SelectMany(all => all).ToList();
        Replayed = recorded.Count(change => change.Kind == "replayed");
        foreach (var change in recorded.Where(change => !world.Incidents.Told.TryGetValue(change.Id, out var told) || told != change))
            _violations.Add($"The webhook's receiver was not told, or not so: {change}.");
        var known = recorded.Select(change => change.Id).ToHashSet(StringComparer.Ordinal);
        foreach (var told in world.Incidents.Told.Values.Where(told => told.Kind != "inDoubt" && !known.Contains(told.Id)))
            _violations.Add($"The webhook's receiver was told what nobody recorded: {told}.");
    }

    private void Check(Operation operation, IReadOnlyList<LedgerRow> rows)
    {
        if (rows.Count == 0)
        {
            if (operation.Answer == Answer.Committed)
                Violated("acknowledged as committed, and nowhere", operation, rows);
            return;
        }

        if (operation.Answer == Answer.Unknown)
            UnknownCommitted++;
        if (operation.Answer == Answer.RolledBack)
            Violated("acknowledged as rolled back, and there", operation, rows);
        if (operation.Plan.All().Any(step => step.Fails))
            Violated("was to fail, and is there", operation, rows);
        if (rows.Count != operation.Legs || !operation.Plan.All().Where(step => step.Account is not null).All(step => rows.Any(row => Fits(row, step))))
            Violated("there in part", operation, rows);
        if (rows.Select(row => row.Gid).Distinct(StringComparer.Ordinal).Count() > 1)
            Violated("there in more than one group", operation, rows);
    }

    private static bool Fits(LedgerRow row, Step step) =>
        row.Leg == step.Leg && row.Service == step.Service && row.Account == step.Account && row.Amount == step.Amount;

    private void Violated(string how, Operation operation, IReadOnlyList<LedgerRow> rows) => _violations.Add(
        $"Operation {operation.Plan.Op} ({Describe(operation.Plan)}), asked of {operation.Root} at {operation.Began.TotalSeconds:0.000} s, answered " +
        $"{operation.Answer} after {operation.Took.TotalSeconds:0.000} s ({operation.Detail}), is {how}: {string.Join("; ", rows)}.");

    /// <summary>Such as <c>alpha(beta* gamma!)</c>: * answers early, ! fails, - has no leg of its own.</summary>
    private static string Describe(Step step) =>
        step.Service + (step.Account is null ? "-" : "") + (step.Early ? "*" : "") + (step.Fails ? "!" : "") +
        (step.Calls.Count > 0 ? $"({string.Join(step.Together ? " & " : " ", step.Calls.Select(Describe))})" : "");
}
