using Fat.Faults;

namespace Fat.Core.Tests.Faults;

/// <summary>A row of the matrix: a fault point, and who is struck there.</summary>
/// <param name="Point">The fault point.</param>
/// <param name="Struck">Root, child or both, and perhaps what is special about them.</param>
/// <param name="Outcomes">What comes of each fault; a dash where it cannot occur.</param>
/// <param name="Within">The time to the end, as a formula.</param>
internal sealed record MatrixRow(FaultPoint Point, string Struck, IReadOnlyDictionary<Fault, string> Outcomes, string Within)
{
    /// <summary>Without what is special.</summary>
    public string Side => Struck.Split(',')[0];
}
