using System.Net;
using System.Net.Http.Headers;
using System.Text;
using Fat.Protocol;
using Fat.Resources;

namespace Fat.Messages;

/// <summary>Makes the calls of messages, with DTM's query fields and its reading of answers. Thread-safe.</summary>
internal sealed class BranchCaller(MessageCenter center, IHttpClientFactory clients)
{
    private const int LongestAnswer = 500;

    /// <summary>As much of an answer is read, in bytes.</summary>
    private const int MostRead = 16_384;

    /// <summary>What DTM's server asks of a message's receivers. Barriers of its clients take a repeated <c>msg</c> for a producer's, and refuse it.</summary>
    public const string Action = "action";

    private const string OlderOp = "msg";

    /// <summary>The longest time that a call can be given: timers have a limit, and whoever waits for longer is better asked again (425).</summary>
    public static readonly TimeSpan LongestTimeout = TimeSpan.FromDays(1);

    /// <summary>Why a call cannot be made, or null.</summary>
    public string? Problem(MessageBranch branch) => branch.Service is { } service && Base(service) is null ? Unknown(service) : null;

    /// <summary>Calls a branch of a message. Does not throw, unless the process stops.</summary>
    public Task<CallResult> CallAsync(MessageId id, MessageBranch branch, MessageDocument document, CancellationToken cancellationToken)
    {
        var request = new BranchRequest(id.Text, "msg", branch.Id, document.Op ?? OlderOp, branch.Url ?? string.Empty)
        {
            Service = branch.Service,
            Body = branch.Body,
            Headers = document.Headers,
        };
        return CallAsync(request, cancellationToken);
    }

    /// <summary>Does not throw, unless the process stops.</summary>
    public async Task<CallResult> CallAsync(BranchRequest branch, CancellationToken cancellationToken)
    {
        var timeout = branch.Timeout ?? center.Options.RequestTimeout;
        using var patience = new Cancellation(center.Node.Background, timeout, center.Node.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var request = Request(branch);
            var client = clients.CreateClient(branch.Service ?? string.Empty);

            // The call has a time of its own, and may have more than HttpClient gives by default.
            if (client.Timeout != Timeout.InfiniteTimeSpan)
                client.Timeout = Timeout.InfiniteTimeSpan;
            using var answer = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            return Redirect(request, answer, branch.Target) ?? Read(answer.StatusCode, await ReadAsync(answer.Content, either.Token).ConfigureAwait(false), branch.Target);
        }
        catch (OperationCanceledException) when (patience.IsRequested && !cancellationToken.IsCancellationRequested)
        {
            // Done there or not: it is called again, and its barrier finds out.
            return new CallResult(CallOutcome.Temporary, $"No answer of {branch.Target} within {timeout.TotalMilliseconds:0} ms (Fat:Messages:RequestTimeout).");
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Done there or not, as well. HttpClient lets more through than HttpRequestException (a SocketException of a peer that has just died), and so do an application's own handlers.
            return new CallResult(CallOutcome.Temporary, $"{branch.Target}: {exception.GetType().Name}: {exception.Message}");
        }
    }

    public static string Target(MessageBranch branch) => branch.Topic is { } topic ? $"{topic}/{branch.Group}" : branch.Service is { } service ? $"{service}: {branch.Url}" : branch.Url!;

    /// <summary>What is looked for is ASCII in every charset that an answer may name, and .NET does not know all of them.</summary>
    private static async Task<string> ReadAsync(HttpContent content, CancellationToken cancellationToken)
    {
        var bytes = new byte[(int)Math.Min(content.Headers.ContentLength ?? MostRead, MostRead)];
        var stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
            return Encoding.UTF8.GetString(bytes, 0, await stream.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false));
    }

    private static string Unknown(string service) =>
        $"There is no address for service '{service}': set Fat:Messages:Services:{service}, or call services.AddHttpClient(\"{service}\", client => client.BaseAddress = …).";

    /// <summary>Whoever it leads to is not the one who was asked, and may never have got the body: nothing that he says counts.</summary>
    private static CallResult? Redirect(HttpRequestMessage request, HttpResponseMessage answer, string target)
    {
        if ((RedirectWatch.TargetOf(request) ?? RedirectWatch.TargetOf(answer.RequestMessage)) is { } followed)
            return new CallResult(CallOutcome.Temporary, $"{target}: a redirect led to {followed}, whose answer does not count. Call the address that does the work.");
        return (int)answer.StatusCode is >= 300 and < 400
            ? new CallResult(CallOutcome.Temporary, $"{target} answered {(int)answer.StatusCode}, a redirect. Call the address that does the work.")
            : null;
    }

    /// <summary>DTM's results: older services answer 200 and say in the body what it is.</summary>
    private static CallResult Read(HttpStatusCode status, string text, string target)
    {
        if (status == (HttpStatusCode)425 || text.Contains("ONGOING", StringComparison.Ordinal))
            return new CallResult(CallOutcome.Ongoing, $"{target} is still at it.");
        var said = $"{target} answered {(int)status}{(text.Length > 0 ? $": {text[..Math.Min(text.Length, LongestAnswer)]}" : string.Empty)}";
        if (status == HttpStatusCode.Conflict || text.Contains("FAILURE", StringComparison.Ordinal))
            return new CallResult(CallOutcome.Failure, said);
        return (int)status is >= 200 and < 300 ? CallResult.Success : new CallResult(CallOutcome.Temporary, said);
    }

    private HttpRequestMessage Request(BranchRequest branch)
    {
        var address = branch.Service is { } service ? new Uri(Base(service) ?? throw new InvalidOperationException(Unknown(service)), branch.Url) : new Uri(branch.Url);
        var fields = $"gid={Uri.EscapeDataString(branch.Gid)}&trans_type={branch.Kind}&branch_id={branch.BranchId}&op={branch.Op}";
        var request = new HttpRequestMessage(
            branch.Body is null ? HttpMethod.Get : HttpMethod.Post, new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{fields}" : fields }.Uri);
        if (branch.Body is { } body)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(body));
            request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        }

        BranchHeaders.Add(request, branch.Headers);
        return request;
    }

    private Uri? Base(string service)
    {
        if (center.Options.Services.TryGetValue(service, out var configured))
            return Uri.TryCreate(configured, UriKind.Absolute, out var address) ? address : null;
        using var client = clients.CreateClient(service);
        return client.BaseAddress;
    }
}

/// <summary>What a call has come to.</summary>
internal readonly record struct CallResult(CallOutcome Outcome, string? Reason)
{
    public static CallResult Success { get; } = new(CallOutcome.Success, null);

    /// <summary>Until it is worth another try, where the call was not made.</summary>
    public TimeSpan Pause { get; init; }
}

/// <summary>DTM's results of a branch, and that there is none.</summary>
internal enum CallOutcome
{
    Success,

    /// <summary>The service says no. A message repeats it all the same: nothing of a message is compensated.</summary>
    Failure,

    /// <summary>The service is still at it.</summary>
    Ongoing,

    /// <summary>Anything else: it is tried again.</summary>
    Temporary,

    /// <summary>Too many others wait for answers from there. It counts as no attempt.</summary>
    NotMade,
}
