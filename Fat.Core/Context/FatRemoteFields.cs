namespace Fat;

/// <summary>The names of the fields that carry a group from service to service; over HTTP they are header names.</summary>
public static class FatRemoteFields
{
    /// <summary>Request: the group, the call, the root, and the time left.</summary>
    public const string Context = "fat-context";

    /// <summary>Request: the signature of <see cref="Context"/>, when a signing key is configured.</summary>
    public const string Signature = "fat-signature";

    /// <summary>
    /// Request: the call is made while one from inside a group is handled without a part in it (<see cref="FatUnjoinedCall"/>), and by which endpoint. What would begin a group is refused.
    /// </summary>
    public const string Unjoined = "fat-unjoined";

    /// <summary>
    /// Request: where the caller stands in its trace (W3C traceparent), when it is traced; for transports that carry no trace context of their own. HTTP does, and leaves it out.
    /// </summary>
    public const string Trace = "fat-trace";

    /// <summary>Reply: what the called scope and everything below it did.</summary>
    public const string Reply = "fat-reply";

    /// <summary>Reply: the address of the instance that answered, where one is configured (<see cref="FatOptions.Address"/>).</summary>
    public const string Address = "fat-address";

    /// <summary>The value of <see cref="Reply"/> from a service whose endpoint takes no part in the group.</summary>
    public const string NotAParticipant = "1;none";

    /// <summary>The most characters that one field may have: 8,192. A longer one is refused.</summary>
    public const int MaxLength = 8192;
}
