using Fat.Torture.Load;
using Fat.Torture.Service;
using Fat.Torture.Stage;

namespace Fat.Torture.Checks;

/// <summary>Compares the messages that were committed with what they have brought about: each effect once, and no other.</summary>
internal sealed class MessageBooks
{
    private readonly List<string> _violations = [];

    private MessageBooks(IReadOnlyList<ProducedRow> produced, IReadOnlyList<EffectRow> effects)
    {
        Produced = produced;
        Effects = effects;
    }

    public IReadOnlyList<ProducedRow> Produced { get; }

    public IReadOnlyList<EffectRow> Effects { get; }

    /// <summary>Effects that are still to come.</summary>
    public IEnumerable<string> Missing
    {
        get
        {
            var there = Effects.Select(Place).ToHashSet();
            return from row in Produced
                   from effect in Expected(row)
                   where !there.Contains(effect)
                   select $"message {row.Gid} of {row.Service} ({row.Op}, {row.Leg}) has not reached {effect.Who} at {effect.Service}";
        }
    }

    public static async Task<MessageBooks> ReadAsync(World world, CancellationToken cancellationToken)
    {
        // What is produced first: an effect that is seen without its message is a wrong one only when it is read in the end, when nothing moves.
        var produced = await Task.WhenAll(world.Databases.Select(database => database.ProducedAsync(cancellationToken)));
        var effects = await Task.WhenAll(world.Databases.Select(database => database.EffectsAsync(cancellationToken)));
        return new MessageBooks([.. produced.SelectMany(rows => rows)], [.. effects.SelectMany(rows => rows)]);
    }

    /// <summary>What is wrong when everything has ended.</summary>
    public IReadOnlyList<string> Check(IReadOnlyCollection<MessageOperation> messages, IReadOnlyCollection<Operation> groups, IReadOnlyCollection<LedgerRow> ledger)
    {
        _violations.Clear();
        _violations.AddRange(Missing.Select(missing => $"Lost: {missing}."));
        var produced = Produced.Select(row => (row.Op, row.Leg)).ToList();
        foreach (var (op, leg) in produced.GroupBy(one => one).Where(same => same.Count() > 1).Select(same => same.Key))
            _violations.Add($"The local transaction of ({op}, {leg}) is there more than once.");

        var expected = Produced.SelectMany(Expected).ToHashSet();
        foreach (var effect in Effects.GroupBy(Place))
        {
            if (!expected.Contains(effect.Key))
                _violations.Add($"Of a message that was rolled back, or is not for it: {string.Join("; ", effect)}.");
            else if (effect.Count() > 1)
                _violations.Add($"Took effect {effect.Count()} times: {string.Join("; ", effect)}.");
        }

        CheckAnswers(messages, produced.ToHashSet());
        CheckGroups(groups, ledger, produced.ToHashSet());
        return _violations;
    }

    private static (Guid Op, int Leg, string Service, string Who) Place(EffectRow effect) => (effect.Op, effect.Leg, effect.Service, effect.Who);

    /// <summary>One at each group of subscribers, which are the other services, and one at the called service.</summary>
    private static IEnumerable<(Guid Op, int Leg, string Service, string Who)> Expected(ProducedRow row) => row.Poison
        ? []
        : World.Services.Where(service => service != row.Service).Select(service => (row.Op, row.Leg, service, service)).Append((row.Op, row.Leg, row.Called, MessageEndpoints.Called));

    private void CheckAnswers(IReadOnlyCollection<MessageOperation> messages, HashSet<(Guid Op, int Leg)> produced)
    {
        foreach (var message in messages)
        {
            var isThere = produced.Contains((message.Plan.Op, 0));
            if (isThere ? message.Answer == Answer.RolledBack || message.Plan.Fails : message.Answer == Answer.Committed)
                _violations.Add($"{message} is {(isThere ? "there" : "nowhere")}.");
        }
    }

    private void CheckGroups(IReadOnlyCollection<Operation> groups, IReadOnlyCollection<LedgerRow> ledger, HashSet<(Guid Op, int Leg)> produced)
    {
        var entered = ledger.Select(row => (row.Op, row.Leg)).ToHashSet();
        foreach (var step in groups.SelectMany(group => group.Plan.All()).Where(step => step.Publishes))
        {
            if (entered.Contains((step.Op, step.Leg)) != produced.Contains((step.Op, step.Leg)))
                _violations.Add($"Leg {step.Leg} of {step.Op} at {step.Service} and its message are not one.");
        }
    }
}
