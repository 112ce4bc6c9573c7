using System.Net.Sockets;

namespace Fat.Core.Tests.Messages;

/// <summary>The first call fails as HttpClient may let it through when the peer dies in the middle: bare, and not as HttpRequestException.</summary>
internal sealed class DyingPeer() : DelegatingHandler(new SocketsHttpHandler())
{
    private int _calls;
    private int _died;

    /// <summary>How often it died.</summary>
    public int Died => Volatile.Read(ref _died);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _calls) > 1)
            return base.SendAsync(request, cancellationToken);
        Interlocked.Increment(ref _died);
        throw new SocketException((int)SocketError.ConnectionReset);
    }
}
