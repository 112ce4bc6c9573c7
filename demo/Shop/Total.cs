namespace Demo.Shop;

/// <summary>How many rows a table has and what they add up to.</summary>
internal readonly record struct Total(long Count, decimal Sum)
{
    public static Total operator -(Total after, Total before) => new(after.Count - before.Count, after.Sum - before.Sum);
}
