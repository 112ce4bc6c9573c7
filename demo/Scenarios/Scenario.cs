using Demo.Shop;

namespace Demo.Scenarios;

/// <summary>Something that happens to the shop, and what the books must say afterwards.</summary>
internal abstract class Scenario
{
    public abstract int Number { get; }

    public abstract string Title { get; }

    /// <summary>What happens, in a sentence or two.</summary>
    public abstract string Story { get; }

    /// <summary>Fills the empty shop. By default with tea, and with an account that can pay.</summary>
    public virtual async Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken)
    {
        await shop.FillAsync("tea", quantity: 100, price: 10, cancellationToken);
        await shop.OpenAsync("ada", balance: 500, check: TimeSpan.Zero, cancellationToken);
    }

    /// <summary>Lets it happen.</summary>
    /// <returns>What must have changed in the books, no more and no less.</returns>
    public abstract Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken);
}
