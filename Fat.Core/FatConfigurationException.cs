namespace Fat;

/// <summary>Fat is set up in a way that cannot work. Thrown at start-up; the message says what to change.</summary>
public sealed class FatConfigurationException : FatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong and what to change.</param>
    /// <param name="innerException">What was thrown underneath.</param>
    public FatConfigurationException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
