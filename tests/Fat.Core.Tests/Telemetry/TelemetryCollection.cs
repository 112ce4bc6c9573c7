namespace Fat.Core.Tests.Telemetry;

/// <summary>Whoever listens listens to the whole process: played by itself, so that "nobody listens" can be true, and counts are of one test.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class TelemetryCollection;
