namespace Accounts;

/// <summary>The account cannot pay. Thrown in a group, it rolls the whole group back.</summary>
public sealed class PaymentRefusedException : Exception
{
    public PaymentRefusedException()
    {
    }

    public PaymentRefusedException(string message)
        : base(message)
    {
    }

    public PaymentRefusedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
