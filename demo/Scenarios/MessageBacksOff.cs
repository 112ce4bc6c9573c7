using System.Globalization;
using Demo.Shop;

namespace Demo.Scenarios;

internal sealed class MessageBacksOff : Scenario
{
    private const int Failures = 3;

    // ShopStage sets it.
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(400);

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
        var seen = new List<(int Failure, DateTimeOffset At)>();
        while (seen.Count < Failures)
        {
            var last = seen.LastOrDefault().Failure;
            var message = await run.MessageAsync(order.Number, one => Accounts(one).Attempts > last && Accounts(one).At is not null, cancellationToken);
            seen.Add((Accounts(message).Attempts, Accounts(message).At!.Value));
            run.Say($"failure {seen[^1].Failure} at {seen[^1].At.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)}: {Accounts(message).Reason}");
        }

        var pauses = seen.Zip(seen.Skip(1), (one, next) => (Is: next.At - one.At, AtLeast: Pauses(one.Failure, next.Failure))).ToList();
        run.Say($"pauses: {string.Join(", ", pauses.Select(pause => $"{pause.Is.TotalMilliseconds:0} ms"))}");
        run.Expect(pauses.All(pause => pause.Is >= pause.AtLeast * 0.9), $"pauses that double, from {FirstPause.TotalMilliseconds:0} ms");

        await run.Shop.OpenAsync("bob", balance: 0, check: TimeSpan.Zero, cancellationToken);
        await run.Shop.OpenAsync("ada", balance: 500, check: TimeSpan.Zero, cancellationToken);
        run.Say($"Bob has given Ada his money; retry now: {await run.Shop.RetryMessageAsync(order.Number, cancellationToken)} branch is due");
        await run.MessageAsync(order.Number, MessageState.Consumed, cancellationToken);
        return Change.OneOrder(pieces: 3, price: 30);

        static MessageBranch Accounts(Message message) => message.Branches[^1];

        // More than one when the machine is busy and a failure was over before it was looked at.
        static TimeSpan Pauses(int failure, int next) => FirstPause * (Math.Pow(2, next - 1) - Math.Pow(2, failure - 1));
    }
}
