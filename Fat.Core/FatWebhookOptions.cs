namespace Fat;

/// <summary>Whom to tell of incidents and of branches in doubt: a POST for each event, a JSON object with the properties of <see cref="FatIncidentEvent"/>.</summary>
public sealed class FatWebhookOptions
{
    /// <summary>
    /// The address, <c>http</c> or <c>https</c>. An answer of 2xx means that the event has been taken; with any other one, and without one, it is sent again
    /// after pauses that grow to five minutes. Redirections are not followed. Default: none, nobody is told.
    /// </summary>
    public string? Url { get; set; }

    /// <summary>
    /// When set, the header <c>fat-signature</c> has the HMAC-SHA256 of the body's bytes with this key, in lower-case hexadecimal. At least 16 characters.
    /// Default: none.
    /// </summary>
    public string? Secret { get; set; }

    /// <summary>How long to wait for the answer. Default: 5 s, at most 1 h.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(5);
}
