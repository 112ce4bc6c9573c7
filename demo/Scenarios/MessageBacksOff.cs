using System.Globalization;
using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class MessageBacksOff : Scenario
{
    private const int Failures = 3;

    public override int Number => 16;

    public override string Title => "A called service answers FAILURE";

    public override string Story => "Ada has too little money. A message is never compensated: Accounts is called again after pauses that double, until Bob has helped out; the operator does not wait for the next one.";

    public override async Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        await base.PrepareAsync(shop, cancellationToken);
        await shop.OpenAsync("ada", balance: 5, check: TimeSpan.Zero, cancellationToken);
        await shop.OpenAsync("bob", balance: 495, check: TimeSpan.Zero, cancellationToken);
    }

    public override async Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken)
    {
        var order = NewLater.Ordinary();
        var answer = await run.PlaceAsync("orders/called?result=success", order, cancellationToken);
        run.Expect(answer.IsCommitted, "200: the order is taken");

        // Stock's call succeeds in the first attempt, and the failures of Accounts are counted from there.
        var at = new List<DateTimeOffset>();
        for (var failure = 1; failure <= Failures; failure++)
        {
            var message = await run.MessageAsync(order.Number, one => Accounts(one).Attempts >= failure && Accounts(one).At is not null, cancellationToken);
            at.Add(Accounts(message).At!.Value);
            run.Say($"failure {Accounts(message).Attempts} at {at[^1].ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}: {Accounts(message).Reason}");
        }

        var pauses = at.Skip(1).Zip(at, (later, earlier) => later - earlier).ToList();
        run.Say($"pauses: {string.Join(", ", pauses.Select(pause => $"{pause.TotalMilliseconds:0} ms"))}");
        run.Expect(pauses[0] >= TimeSpan.FromMilliseconds(350) && pauses[1] >= pauses[0] * 1.4, "pauses that double, from 400 ms");

        await run.Shop.OpenAsync("bob", balance: 0, check: TimeSpan.Zero, cancellationToken);
        await run.Shop.OpenAsync("ada", balance: 500, check: TimeSpan.Zero, cancellationToken);
        run.Say($"Bob has given Ada his money; retry now: {await run.Shop.RetryMessageAsync(order.Number, cancellationToken)} branch is due");
        await run.MessageAsync(order.Number, MessageState.Consumed, cancellationToken);
        return Change.OneOrder(pieces: 3, price: 30);

        static MessageBranch Accounts(Message message) => message.Branches[^1];
    }
}
