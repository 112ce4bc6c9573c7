namespace Fat.Resources;

/// <summary>A call of a held branch's method as a journal keeps it, so that another process can make it again.</summary>
/// <param name="Service">The type of the service that was called, without its assembly.</param>
/// <param name="Method">Its method with the types of the parameters.</param>
/// <param name="Name">The same for people.</param>
/// <param name="Replay">Whether the method allows to be run again.</param>
/// <param name="Arguments">The arguments as they were before the method ran, a JSON object by their names; null where they cannot be had.</param>
/// <param name="Problem">Why there are no arguments.</param>
internal sealed record JournalledCall(string Service, string Method, string Name, bool Replay, string? Arguments, string? Problem);
