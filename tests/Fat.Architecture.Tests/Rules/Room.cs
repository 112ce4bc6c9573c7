namespace Fat.Architecture.Tests.Rules;

/// <summary>A room of the house and what it may touch beside itself and the base library.</summary>
/// <param name="Name">Its folder; <c>root</c> is the folder above all rooms.</param>
/// <param name="Rooms">The rooms it may touch.</param>
/// <param name="Packages">The assemblies it may touch, as <c>assembly</c>, or as <c>assembly:type</c> for that type alone.</param>
internal sealed record Room(string Name, string[] Rooms, string[] Packages);
