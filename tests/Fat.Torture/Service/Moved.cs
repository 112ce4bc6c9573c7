namespace Fat.Torture.Service;

/// <summary>What is published: a row that a service has written with the message.</summary>
internal sealed record Moved(Guid Op, int Leg);
