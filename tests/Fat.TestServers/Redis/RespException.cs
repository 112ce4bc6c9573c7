namespace Fat.TestServers;

/// <summary>A Redis server answered a command with an error.</summary>
public sealed class RespException : Exception
{
    public RespException()
    {
    }

    public RespException(string message)
        : base(message)
    {
    }

    public RespException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
