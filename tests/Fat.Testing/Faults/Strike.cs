using Fat.Testing.Hosting;

namespace Fat.Testing.Faults;

/// <summary>A fault strikes.</summary>
/// <param name="Place">Where.</param>
/// <param name="Process">The process that came there, or that was called.</param>
/// <param name="Groups">The groups that it is about.</param>
internal sealed record Strike(Place Place, Incarnation Process, IReadOnlyList<string> Groups);
