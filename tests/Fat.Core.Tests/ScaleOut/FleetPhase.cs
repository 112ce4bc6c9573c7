namespace Fat.Core.Tests.ScaleOut;

/// <summary>What was counted while something happened to the fleet; rates are a second.</summary>
/// <param name="Text">For people.</param>
/// <param name="Commands">To Redis.</param>
/// <param name="Peak">To Redis, in the fullest tenth of a second.</param>
/// <param name="All">How many commands in all.</param>
/// <param name="HottestShare">The share of the key that most went to.</param>
/// <param name="Statements">To the databases.</param>
/// <param name="StatementPeak">To the databases, in the fullest tenth of a second.</param>
public sealed record FleetPhase(string Text, double Commands, double Peak, long All, double HottestShare, double Statements, double StatementPeak);
