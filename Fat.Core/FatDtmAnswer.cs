namespace Fat;

/// <summary>What a request of DTM's conventions has come to. Immutable.</summary>
/// <param name="Result">The result.</param>
/// <param name="Message">Why, unless it is a success.</param>
public sealed record FatDtmAnswer(FatDtmResult Result, string? Message = null);

/// <summary>DTM's results.</summary>
public enum FatDtmResult
{
    /// <summary>Done (HTTP 200).</summary>
    Success,

    /// <summary>Not done, or rolled back (HTTP 409).</summary>
    Failure,

    /// <summary>Taken, and not over yet (HTTP 425).</summary>
    Ongoing,

    /// <summary>The request makes no sense or is not supported; nothing was stored (HTTP 400).</summary>
    Refused,
}
