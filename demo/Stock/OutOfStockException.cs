namespace Stock;

/// <summary>There are not enough pieces. Thrown in a group, it rolls the whole group back.</summary>
public sealed class OutOfStockException : Exception
{
    public OutOfStockException()
    {
    }

    public OutOfStockException(string message)
        : base(message)
    {
    }

    public OutOfStockException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
