using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>A kind of answer that is none of what was asked for.</summary>
internal sealed record Refusal(string Kind, int Status, string Title)
{
    public static Refusal Malformed { get; } = new("malformed", StatusCodes.Status400BadRequest, "The request is not what it should be.");

    public static Refusal NotAllowed { get; } = new("not-allowed", StatusCodes.Status403Forbidden, "That is not allowed.");

    public static Refusal Unknown { get; } = new("unknown", StatusCodes.Status404NotFound, "There is nothing here.");

    public static Refusal WrongMethod { get; } = new("wrong-method", StatusCodes.Status405MethodNotAllowed, "That is not asked in this way.");

    public static Refusal Stale { get; } = new("stale", StatusCodes.Status409Conflict, "It has changed since it was shown. Nothing was done.");

    public static Refusal Refused { get; } = new("refused", StatusCodes.Status409Conflict, "Nothing was done.");

    public static Refusal TooLarge { get; } = new("too-large", StatusCodes.Status413PayloadTooLarge, "The request is too large.");

    public static Refusal NotJson { get; } = new("not-json", StatusCodes.Status415UnsupportedMediaType, "Only JSON is read.");

    public static Refusal Failed { get; } = new("failed", StatusCodes.Status500InternalServerError, "The request failed.");

    public static Refusal InDoubt { get; } = new("in-doubt", StatusCodes.Status503ServiceUnavailable, "Whether it was done is not known.");

    public static Refusal Away { get; } = new("away", StatusCodes.Status503ServiceUnavailable, "A server is away.");

    public static Refusal Busy { get; } = new("busy", StatusCodes.Status503ServiceUnavailable, "There are too many listeners.");

    public RefusedRequestException Because(string detail, Exception? cause = null) => new(this, detail, cause);
}
