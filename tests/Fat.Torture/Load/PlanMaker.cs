using Fat.Torture.Service;
using Fat.Torture.Stage;

namespace Fat.Torture.Load;

/// <summary>Draws operations: money goes from one service's account to another's, over one call, two, or a chain, and some of them fail.</summary>
internal sealed class PlanMaker(Random random)
{
    private const double Failing = 0.06;
    private const int HotAccounts = 20;

    /// <summary>A third of the operations come to a service twice, about the same account, one of a few that many want.</summary>
    public Step Next()
    {
        var services = World.Services.ToArray();
        random.Shuffle(services);
        var (a, b, c) = (services[0], services[1], services[2]);
        var op = new byte[16];
        random.NextBytes(op);
        var (x, y) = (random.Next(1, 20), random.Next(1, 20));
        var draft = new Draft(new Guid(op), random, random.Next(3) == 0 ? random.Next(1, HotAccounts + 1) : null);
        var root = draft.Joins ? Joined(draft, random.Next(4)) : random.Next(20) switch
        {
            < 6 => draft.Step(a, -x, draft.Step(b, x)),
            < 12 => draft.Step(a, -x - y, draft.Step(b, x), draft.Step(c, y)),
            < 17 => draft.Step(a, -x, draft.Step(b, x - y, draft.Step(c, y))),
            < 19 => draft.Step(a, null, draft.Step(b, -x), draft.Step(c, x)),
            _ => draft.Step(a, -x - y, draft.Step(b, x), draft.Step(b, y)),
        };
        root = root with { Early = false };
        return random.NextDouble() < Failing ? WithFailure(root, random.Next(root.All().Count())) : root;

        Step Joined(Draft joined, int kind) => kind switch
        {
            0 => joined.Step(a, -x - y, joined.Step(b, x), joined.Step(b, y)),
            1 => joined.Step(a, -x, joined.Step(b, x - y, joined.Step(a, y))),
            2 => joined.Step(a, -x - y, joined.Step(b, x), joined.Step(c, y - 1, joined.Step(b, 1))),
            _ => joined.Step(a, null, joined.Step(b, -x), joined.Step(c, x + y), joined.Step(b, -y)),
        };
    }

    /// <summary>A message of one service, outside of any group.</summary>
    public MessagePlan NextMessage()
    {
        var services = World.Services.ToArray();
        random.Shuffle(services);
        var op = new byte[16];
        random.NextBytes(op);
        return new MessagePlan(
            new Guid(op), services[0], services[1], Fails: random.Next(8) == 0, Poison: random.Next(60) == 0, random.Next(4) == 0 ? $"key-{random.Next(5)}" : null,
            random.Next(10) == 0 ? random.Next(1, 1_500) : 0);
    }

    private static Step WithFailure(Step step, int which)
    {
        var target = step.All().ElementAt(which);
        return Replace(step);

        Step Replace(Step one) => ReferenceEquals(one, target) ? one with { Fails = true } : one with { Calls = [.. one.Calls.Select(Replace)] };
    }

    private sealed class Draft(Guid op, Random random, int? hot)
    {
        private int _legs;

        /// <summary>Whether all its steps work on the same account, in a transaction for each service.</summary>
        public bool Joins => hot is not null;

        public Step Step(string service, long? amount, params Step[] calls) => new(
            op, _legs++, service, amount is null ? null : hot ?? random.Next(1, TransferDatabase.Accounts + 1), amount ?? 0,
            Early: random.Next(2) == 0, EntersLast: random.Next(2) == 0, Together: calls.Length > 1 && random.Next(3) == 0, Fails: false, Joins, Held: !Joins && amount is not null && random.Next(4) == 0,
            Publishes: amount is not null && random.Next(4) == 0, calls);
    }
}
