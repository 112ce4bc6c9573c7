namespace Fat.TestServers;

/// <summary>A server was started but did not become ready. The message ends with its last lines of output.</summary>
public sealed class ServerStartException : Exception
{
    public ServerStartException()
    {
    }

    public ServerStartException(string message)
        : base(message)
    {
    }

    public ServerStartException(string message, Exception innerException)
        : base(message, innerException)
    {
    }

    /// <summary>Whether another program was quicker to take the port.</summary>
    internal bool PortWasTaken =>
        Message.Contains("Address already in use", StringComparison.OrdinalIgnoreCase)
        || Message.Contains("AddressAlreadyInUse", StringComparison.Ordinal);
}
