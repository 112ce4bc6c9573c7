using System.Net;

namespace Fat.Refit.Tests.Support;

/// <summary>Stands where the network is: answers as the test says and keeps what arrived.</summary>
internal sealed class Wire(Func<HttpRequestMessage, CancellationToken, Task<HttpResponseMessage>> answer) : HttpMessageHandler
{
    /// <summary>The context of each request that arrived, null where there was none.</summary>
    public List<string?> Contexts { get; } = [];

    public static Wire Answering(HttpStatusCode status, params string[] replies) => new((_, _) => Task.FromResult(Response(status, replies)));

    public static Wire Throwing(Exception exception) => new((_, _) => Task.FromException<HttpResponseMessage>(exception));

    /// <summary>Never answers; ends when the request is cancelled.</summary>
    public static Wire Silent(Action? arrived = null) => new(async (_, token) =>
    {
        arrived?.Invoke();
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token);
        throw new InvalidOperationException("Not reached.");
    });

    /// <summary>Answers as a marked endpoint of another service does.</summary>
    public static Wire To(Service service, Func<Task>? body = null) => new(async (request, _) =>
    {
        var result = await service.JoinAsync(request, body ?? (() => Task.CompletedTask));
        return Response(
            result.Outcome == FatOutcome.Answered ? HttpStatusCode.OK : HttpStatusCode.Conflict,
            [.. result.Reply.Where(field => field.Key == FatRemoteFields.Reply).Select(field => field.Value)]);
    });

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Note(request);
        return answer(request, cancellationToken);
    }

    protected override HttpResponseMessage Send(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Note(request);
        return answer(request, cancellationToken).GetAwaiter().GetResult();
    }

    private static HttpResponseMessage Response(HttpStatusCode status, string[] replies)
    {
        var response = new HttpResponseMessage(status) { Content = new StringContent("\"done\"") };
        response.Headers.Add(FatRemoteFields.Reply, replies);
        return response;
    }

    private void Note(HttpRequestMessage request)
    {
        lock (Contexts)
            Contexts.Add(request.Headers.TryGetValues(FatRemoteFields.Context, out var values) ? string.Join("|", values) : null);
    }
}
