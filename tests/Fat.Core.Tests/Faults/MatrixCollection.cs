namespace Fat.Core.Tests.Faults;

/// <summary>Dozens of processes that start, die and start again: beside them, tests of other classes would measure the machine.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MatrixCollection;
