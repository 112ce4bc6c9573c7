namespace Fat.Refit;

/// <summary>What a request asked for when it was sent: whoever follows a redirect changes the request's own method and address, or sends another one.</summary>
internal readonly record struct Destination(HttpMethod Method, Uri? Address)
{
    private static readonly HttpRequestOptionsKey<string> Noted = new("Fat.RedirectedTo");

    public static Destination Of(HttpRequestMessage request) => new(request.Method, request.RequestUri);

    /// <summary>Without user, password and query, which may be secrets: targets are shown in reasons and logs.</summary>
    public override string ToString()
    {
        var address = Address switch
        {
            { IsAbsoluteUri: true } uri => uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped),
            { } uri => uri.OriginalString.Split('?', 2)[0],
            null => "an unknown address",
        };
        return $"{Method} {address}";
    }

    /// <summary>Compares with what came back, and leaves word for <see cref="RedirectOf"/> further out.</summary>
    public void Note(HttpRequestMessage request, HttpResponseMessage response)
    {
        var last = response.RequestMessage ?? request;
        last.Options.Set(Noted, ChangeIn(last) ?? string.Empty);
    }

    /// <summary>To where a redirect led; null when there was none.</summary>
    public string? RedirectOf(HttpRequestMessage request, HttpResponseMessage response)
    {
        var last = response.RequestMessage ?? request;
        if (!last.Options.TryGetValue(Noted, out var noted))
            return ChangeIn(last);
        return noted.Length > 0 ? noted : null;
    }

    private string? ChangeIn(HttpRequestMessage last) => Of(last) is var arrived && arrived != this ? arrived.ToString() : null;
}
