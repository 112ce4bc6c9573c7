namespace Fat;

/// <summary>The registry did not tell what it remembers: it is away, refuses, or does not answer in time. Ask again later.</summary>
public sealed class FatMonitorUnavailableException(string message, Exception? innerException = null) : FatException(message, innerException);
