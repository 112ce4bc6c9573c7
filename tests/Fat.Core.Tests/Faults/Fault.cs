using Fat.Shop;

namespace Fat.Core.Tests.Faults;

/// <summary>What happens at a fault point: a column of the matrix.</summary>
internal sealed record Fault(string Column, Side Side, Deed Deed)
{
    public static IReadOnlyList<Fault> All { get; } =
    [
        new("thrown", Side.Before, Deed.Throw),
        new("reply lost", Side.After, Deed.Throw),
        new("delayed", Side.Before, Deed.Pass),
        new("killed before", Side.Before, Deed.Kill),
        new("killed after", Side.After, Deed.Kill),
    ];
}
