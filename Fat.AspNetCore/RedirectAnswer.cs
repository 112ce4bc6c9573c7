using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore;

/// <summary>
/// Redirects inside a group. Most callers follow them below whatever reads the reply, so this call's votes would not arrive; which caller does, the
/// request does not tell.
/// </summary>
internal static class RedirectAnswer
{
    /// <summary>Why the answer cannot be given to the caller's group, or null.</summary>
    public static string? Refusal(HttpContext context)
    {
        var response = context.Response;
        var followed = response.StatusCode is
            StatusCodes.Status300MultipleChoices or
            StatusCodes.Status301MovedPermanently or
            StatusCodes.Status302Found or
            StatusCodes.Status303SeeOther or
            StatusCodes.Status307TemporaryRedirect or
            StatusCodes.Status308PermanentRedirect;
        return followed && response.Headers.Location.Count > 0 && context.Request.Headers.ContainsKey(FatRemoteFields.Context)
            ? $"answered {response.StatusCode}, a redirect: a caller that follows it would lose what this call did in its group. " +
              "Answer 200 or 201, with the address in the body or in Location, to callers inside a group."
            : null;
    }
}
