namespace Fat.Registry;

/// <summary>What the registry said to a registration.</summary>
/// <param name="Duplicate">Another scope has already registered under this call id (rule S8).</param>
/// <param name="Group">What has become of the group.</param>
internal sealed record RegistrationResult(bool Duplicate, GroupFate Group);
