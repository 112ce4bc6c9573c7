using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Fat.Resources;

namespace Fat.Incidents;

/// <summary>Posts events to an address. Thread-safe.</summary>
internal sealed class Webhook : IDisposable
{
    public const string SignatureHeader = "fat-signature";

    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.FromMinutes(5) });
    private readonly Uri _url;
    private readonly byte[]? _key;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;

    private Webhook(Uri url, FatWebhookOptions options, TimeProvider time)
    {
        _url = url;
        _key = options.Secret is { } secret ? Encoding.UTF8.GetBytes(secret) : null;
        _timeout = options.Timeout;
        _time = time;
    }

    /// <summary>How long one attempt may take.</summary>
    public TimeSpan Timeout => _timeout;

    /// <summary>Null when there is no address.</summary>
    /// <exception cref="FatConfigurationException">It is none of HTTP.</exception>
    public static Webhook? Of(FatWebhookOptions options, TimeProvider time)
    {
        if (string.IsNullOrEmpty(options.Url))
            return null;
        return Uri.TryCreate(options.Url, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps)
            ? new Webhook(url, options, time)
            : throw new FatConfigurationException($"Fat:Webhook:Url '{options.Url}' is not an http or https address.");
    }

    /// <summary>Returns when the receiver has taken the event.</summary>
    /// <exception cref="HttpRequestException">It has not, or nobody knows.</exception>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task SendAsync(FatIncidentEvent happened, CancellationToken cancellationToken)
    {
        var body = JsonSerializer.SerializeToUtf8Bytes(happened, Format);
        using var content = new ByteArrayContent(body);
        content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        using var request = new HttpRequestMessage(HttpMethod.Post, _url);
        request.Content = content;
        if (_key is not null)
            request.Headers.Add(SignatureHeader, Convert.ToHexStringLower(HMACSHA256.HashData(_key, body)));
        using var patience = new Cancellation(Background.ThreadPool, _timeout, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        try
        {
            using var response = await _http.SendAsync(request, either.Token).ConfigureAwait(false);
            response.EnsureSuccessStatusCode();
        }
        catch (OperationCanceledException exception) when (patience.IsRequested && !cancellationToken.IsCancellationRequested)
        {
            // Taken or not: it is sent again.
            throw new TimeoutException($"No answer within {_timeout.TotalMilliseconds:0} ms (Fat:Webhook:Timeout).", exception);
        }
    }

    public void Dispose() => _http.Dispose();
}
