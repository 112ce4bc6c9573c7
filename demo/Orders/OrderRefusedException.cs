namespace Orders;

/// <summary>The order cannot be taken. Thrown in a group, it rolls the whole group back.</summary>
public sealed class OrderRefusedException : Exception
{
    public OrderRefusedException()
    {
    }

    public OrderRefusedException(string message)
        : base(message)
    {
    }

    public OrderRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
