namespace Fat.Shop;

/// <summary>Where at a fault point: before it nothing was sent, after it all was done and only the answer is open.</summary>
internal enum Side
{
    Before,
    After,
}
