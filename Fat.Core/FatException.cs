namespace Fat;

/// <summary>The base of every exception that Fat throws by itself.</summary>
public abstract class FatException : Exception
{
    private protected FatException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
