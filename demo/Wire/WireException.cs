namespace Wire;

/// <summary>The called service answered with an error, or not at all.</summary>
public sealed class WireException : Exception
{
    public WireException()
    {
    }

    public WireException(string message)
        : base(message)
    {
    }

    public WireException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
