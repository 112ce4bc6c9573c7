using Fat.Protocol;

namespace Fat.Registry;

/// <summary>A process that has given a sign of life.</summary>
/// <param name="Id">The process.</param>
/// <param name="Silence">How long ago it was, by the registry's clock.</param>
/// <param name="Status">How it said that it is, as it wrote it; null when that is not there.</param>
internal sealed record AliveInstance(InstanceId Id, TimeSpan Silence, string? Status);
