namespace Fat.Core.Tests.Simulation;

/// <summary>What one call is to do: the business of a schedule is a tree of these, with the root's at the top.</summary>
internal sealed class Leg
{
    public required int Number { get; init; }

    /// <summary>Which service it is for.</summary>
    public required int Service { get; init; }

    public required FatAnswer Answer { get; init; }

    /// <summary>The transport returns nothing: what became of the call is only found in the registry.</summary>
    public bool IsOneWay { get; init; }

    /// <summary>Its method throws, having done everything.</summary>
    public bool Fails { get; init; }

    /// <summary>Its method goes on when a call has failed, as if nothing were the matter.</summary>
    public bool Swallows { get; init; }

    /// <summary>Everything at once, in place of one thing after another.</summary>
    public bool IsParallel { get; init; }

    public List<Step> Steps { get; } = [];

    /// <summary>How often its method ran: a request that arrives twice at two instances runs twice.</summary>
    public List<Execution> Executions { get; } = [];

    public IEnumerable<Leg> All => Steps.Select(step => step.Call).OfType<Leg>().SelectMany(leg => leg.All).Prepend(this);

    public static Leg Random(Dice dice, int services)
    {
        var number = 0;
        return Random(dice, services, depth: 0, joins: dice.OneIn(2), ref number);
    }

    /// <summary>One service is called again and again, and all that it does is to share one transaction: what rule S9 is for needs more luck than a random tree has.</summary>
    public static Leg Shared(Dice dice)
    {
        var root = Of(dice, number: 0, service: 0);
        for (var call = dice.Between(2, 3); call > 0; call--)
        {
            var leg = Of(dice, number: root.Steps.Count + 1, service: 1);
            leg.Steps.Add(new Step(null, Branch: true, Writes: true, FatJoin.Group));
            root.Steps.Add(new Step(leg));
        }

        return root;

        static Leg Of(Dice dice, int number, int service) => new()
        {
            Number = number,
            Service = service,
            Answer = dice.OneIn(2) ? FatAnswer.Early : FatAnswer.Prepared,
        };
    }

    private static Leg Random(Dice dice, int services, int depth, bool joins, ref int number)
    {
        var leg = new Leg
        {
            Number = number++,
            // Calls that join are worth nothing unless they come back to where the group has been.
            Service = depth == 0 ? 0 : dice.Between(joins ? 0 : 1, services - 1),
            Answer = dice.OneIn(2) ? FatAnswer.Early : FatAnswer.Prepared,
            IsOneWay = depth > 0 && dice.OneIn(8),
            Fails = dice.OneIn(30),
            Swallows = dice.OneIn(4),
            IsParallel = dice.OneIn(3),
        };
        var calls = depth switch { 0 => dice.Between(1, 3), 1 => dice.OneIn(3) ? dice.Between(1, 2) : 0, _ => 0 };
        for (var i = 0; i < calls; i++)
            leg.Steps.Add(new Step(Random(dice, services, depth + 1, joins, ref number)));
        var branches = dice.OneIn(6) ? 0 : dice.OneIn(4) ? 2 : 1;
        for (var i = 0; i < branches; i++)
        {
            var join = joins && !dice.OneIn(4) ? FatJoin.Group : FatJoin.None;
            var inner = joins && depth < 2 && dice.OneIn(4) ? Random(dice, services, depth + 1, joins, ref number) : null;
            leg.Steps.Insert(dice.Below(leg.Steps.Count + 1), new Step(inner, Branch: true, Writes: !dice.OneIn(6), join));
        }

        return leg;
    }
}

/// <summary>One thing that a method does: a call, or a local transaction that writes or only reads, and may make a call in the middle of it.</summary>
internal sealed record Step(Leg? Call, bool Branch = false, bool Writes = false, FatJoin Join = FatJoin.None);

/// <summary>One run of a leg's method, by what its branches wrote.</summary>
internal sealed class Execution(SimDatabase database)
{
    public List<string> Writes { get; } = [];

    public int Committed => Writes.Count(database.Data.Contains);
}
