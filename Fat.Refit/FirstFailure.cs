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

    /// <summary>Leaves word of an answer that failed.</summary>
    public static void Note(HttpRequestMessage request, HttpResponseMessage response)
    {
        if ((int)response.StatusCode < 400 || Of(request) is not null)
            return;
        var reply = PropagationHeaders.Reply(response.Headers);
        if (reply.Count > 0 && !PropagationHeaders.IsNotAParticipant(reply))
            request.Options.Set(Noted, new FirstFailure(ReasonOf(response), reply));
    }

    public static string ReasonOf(HttpResponseMessage response) => $"answered {(int)response.StatusCode} {response.ReasonPhrase}".TrimEnd();
}
