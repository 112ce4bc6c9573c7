namespace Fat;

/// <summary>One execution of a marked method or endpoint in a group.</summary>
/// <param name="Id">The scope.</param>
/// <param name="Service">The service.</param>
/// <param name="Instance">The process.</param>
/// <param name="Name">The method or endpoint; empty when its registration was lost.</param>
/// <param name="IsRoot">It began the group.</param>
public sealed record FatGroupScope(string Id, string Service, string Instance, string Name, bool IsRoot);
