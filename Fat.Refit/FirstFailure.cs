using System.Net;

namespace Fat.Refit;

/// <summary>
/// What a participant answered when it first failed. A handler that repeats requests drops that answer, and the copy of the call is refused for being one
/// (rule S8): the group would be told of the refusal alone, and never why.
/// </summary>
internal sealed record FirstFailure(string Reason, IReadOnlyDictionary<string, string> Reply)
{
    private static readonly HttpRequestOptionsKey<FirstFailure?> Noted = new("Fat.FirstFailure");

    public static FirstFailure? Of(HttpRequestMessage request) => request.Options.TryGetValue(Noted, out var noted) ? noted : null;

    /// <summary>The request may have carried another call before.</summary>
    public static void Forget(HttpRequestMessage request) => request.Options.Set(Noted, null);

    /// <summary>
    /// Leaves word of an answer that failed, and returns it when the call has run: it does not run again (rule S8), so that no repetition helps. A 409 leaves that open: it may be
    /// the refusal of a copy while the call runs, or of an instance that is stopping while another would take it.
    /// </summary>
    public static FirstFailure? Note(HttpRequestMessage request, HttpResponseMessage response)
    {
        if ((int)response.StatusCode < 400)
            return null;
        var reply = PropagationHeaders.Reply(response.Headers);
        if (reply.Count == 0 || PropagationHeaders.IsNotAParticipant(reply))
            return null;
        var first = Of(request);
        if (first is null)
            request.Options.Set(Noted, first = new FirstFailure(ReasonOf(response), reply));
        return response.StatusCode == HttpStatusCode.Conflict ? null : first;
    }

    public static string ReasonOf(HttpResponseMessage response) => $"answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
}
