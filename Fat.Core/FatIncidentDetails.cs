using System.Collections.Immutable;

namespace Fat;

/// <summary>Everything about an incident.</summary>
/// <param name="Incident">The incident.</param>
/// <param name="Arguments">The arguments of the lost call, a JSON object by their names; null when they could not be kept. They may be confidential.</param>
/// <param name="ArgumentsProblem">Why there are none.</param>
/// <param name="Events">What has happened, oldest first.</param>
public sealed record FatIncidentDetails(FatIncident Incident, string? Arguments, string? ArgumentsProblem, ImmutableArray<FatIncidentEvent> Events);
