namespace Fat.Core.Tests.Faults;

/// <summary>What came of a case.</summary>
/// <param name="Databases">What all of them agree on in the end.</param>
/// <param name="Told">What the client was told.</param>
/// <param name="Time">From the fault, or from when the killed processes were back, until nothing was left over.</param>
internal sealed record Finding(string Databases, string Told, TimeSpan Time)
{
    public const string Committed = "committed";
    public const string RolledBack = "rolled back";
    public const string InDoubt = "in doubt";
    public const string NoAnswer = "no answer";

    /// <summary>All or none, as it comes.</summary>
    public const string Either = "either";

    /// <summary>Whether a cell of the document says this.</summary>
    public bool Is(string cell)
    {
        var words = cell.Split(", ");
        var outcome = words[0] == Either && Databases is (Committed or RolledBack) ? Databases : words[0];
        var says = outcome == RolledBack ? RolledBack : Committed;
        return outcome == Databases && words[1..] switch
        {
            [] => Told == says,
            ["told in doubt"] => Told == InDoubt,
            ["no answer"] => Told == NoAnswer,
            ["perhaps no answer"] => Told == NoAnswer || Told == says,
            _ => false,
        };
    }

    public override string ToString() => FormattableString.Invariant($"{Databases}, told {Told}, after {Time.TotalSeconds:0.0} s");
}
