using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>What an action has to pass before it is read: the dashboard allows any, the page is this site's, and the token is this user's.</summary>
internal sealed class ActionGate(FatDashboardOptions options, ActionTokens tokens)
{
    /// <exception cref="RefusedRequestException">It does not pass, or its body cannot be read.</exception>
    public async Task<RequestBody> PassAsync(HttpContext http, Operator who)
    {
        if (options.ReadOnly)
            throw Refusal.NotAllowed.Because("The dashboard is read-only (FatDashboardOptions.ReadOnly).");
        CrossSite.Check(http.Request);
        tokens.Check(http, who);
        return await RequestBody.ReadAsync(http.Request, http.RequestAborted).ConfigureAwait(false);
    }
}
