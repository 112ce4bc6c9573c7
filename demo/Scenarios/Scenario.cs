using Demo.Shop;

namespace Demo.Scenarios;

/// <summary>Something that happens to the shop, and what the books must say afterwards.</summary>
internal abstract class Scenario
{
    public abstract int Number { get; }

    public abstract string Title { get; }

    /// <summary>What happens, in a sentence or two.</summary>
    public abstract string Story { get; }

    /// <summary>Fills the empty shop, by default with what an ordinary order needs.</summary>
    public virtual Task PrepareAsync(ShopClient shop, CancellationToken cancellationToken) => shop.FillAsync(cancellationToken);

    /// <summary>Lets it happen.</summary>
    /// <returns>What must have changed in the books, no more and no less.</returns>
    public abstract Task<Change> ActAsync(ScenarioRun run, CancellationToken cancellationToken);
}
