namespace Fat.AspNetCore.Dashboard;

/// <summary>A request is answered with a refusal; the message is its detail.</summary>
internal sealed class RefusedRequestException(Refusal refusal, string detail, Exception? cause) : Exception(detail, cause)
{
    public Refusal Refusal => refusal;
}
