namespace Fat.Torture.Service;

/// <summary>A message outside of any group: the request of a client.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Service">Who makes it.</param>
/// <param name="Called">The service that it calls.</param>
/// <param name="Fails">The local work fails behind its writes.</param>
/// <param name="Poison">It goes to a subscriber that always fails, and to nobody else.</param>
/// <param name="Key">By what its deliveries are ordered, or null.</param>
/// <param name="DelayMilliseconds">How long its branches wait.</param>
internal sealed record MessagePlan(Guid Op, string Service, string Called, bool Fails, bool Poison, string? Key, int DelayMilliseconds);
