namespace Fat;

/// <summary>
/// The transaction context that came with a request is malformed, too large, or not signed as required. Nothing was
/// enlisted and no group was touched. Over HTTP this is answered with 400.
/// </summary>
public sealed class FatRemoteDataException : FatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="message">What is wrong with the remote data.</param>
    public FatRemoteDataException(string message)
        : base(message)
    {
    }
}
