namespace Fat.AspNetCore.Dashboard;

/// <summary>Who asks whom, and the token for actions.</summary>
internal sealed record SessionAnswer(string Service, string? Instance, string Version, string User, bool ReadOnly, string Token, IReadOnlyList<string> Services);
