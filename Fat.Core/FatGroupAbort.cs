namespace Fat;

/// <summary>The first failure of a group, wherever it happened.</summary>
/// <param name="Service">The service in which it happened.</param>
/// <param name="Method">The method or endpoint.</param>
/// <param name="Reason">What happened.</param>
public sealed record FatGroupAbort(string Service, string Method, string Reason);
