namespace Demo.Scenarios;

/// <summary>All scenarios, in the order in which they are played.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new AllSucceed(),
        new LastServiceFails(),
        new RootFails(),
        new SlowChild(),
        new ChainOfThree(),
        new SameServiceTwice(),
        new CustomAdapter(),
        new StockKilled(),
        new RegistryEmptied(),
        new ManyOrders(),
        new MessageConsumed(),
        new MessageCancelled(),
        new MessageFailed(),
        new MessageCalls(),
        new MessageNotSent(),
        new MessageBacksOff(),
    ];
}
