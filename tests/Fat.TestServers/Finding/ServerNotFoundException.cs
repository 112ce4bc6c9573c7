namespace Fat.TestServers;

/// <summary>No server was found on this machine and none could be brought there. The message says what to do.</summary>
public sealed class ServerNotFoundException : Exception
{
    public ServerNotFoundException()
    {
    }

    public ServerNotFoundException(string message)
        : base(message)
    {
    }

    public ServerNotFoundException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
