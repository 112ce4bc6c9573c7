using System.Net.WebSockets;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Fat.AspNetCore;

/// <summary>
/// Refuses to turn a marked endpoint's request into a WebSocket or another protocol: from there on bytes leave at once, and
/// nothing could be held back until the decision. A request that merely offers an upgrade is answered as usual.
/// </summary>
internal sealed class NoUpgrade : IHttpUpgradeFeature, IHttpExtendedConnectFeature, IHttpWebSocketFeature
{
    private readonly IFeatureCollection _features;
    private readonly IHttpUpgradeFeature? _upgrade;
    private readonly IHttpExtendedConnectFeature? _connect;
    private readonly IHttpWebSocketFeature? _webSocket;

    private NoUpgrade(IFeatureCollection features)
    {
        _features = features;
        _upgrade = features.Get<IHttpUpgradeFeature>();
        _connect = features.Get<IHttpExtendedConnectFeature>();
        _webSocket = features.Get<IHttpWebSocketFeature>();
    }

    bool IHttpUpgradeFeature.IsUpgradableRequest => _upgrade!.IsUpgradableRequest;

    bool IHttpExtendedConnectFeature.IsExtendedConnect => _connect!.IsExtendedConnect;

    string? IHttpExtendedConnectFeature.Protocol => _connect!.Protocol;

    bool IHttpWebSocketFeature.IsWebSocketRequest => _webSocket!.IsWebSocketRequest;

    public static NoUpgrade Install(IFeatureCollection features)
    {
        var refusing = new NoUpgrade(features);
        refusing.Set(refusing, refusing, refusing);
        return refusing;
    }

    public void Remove() => Set(_upgrade, _connect, _webSocket);

    Task<Stream> IHttpUpgradeFeature.UpgradeAsync() => throw Refusal();

    ValueTask<Stream> IHttpExtendedConnectFeature.AcceptAsync() => throw Refusal();

    Task<WebSocket> IHttpWebSocketFeature.AcceptAsync(WebSocketAcceptContext context) => throw Refusal();

    private static InvalidOperationException Refusal() => new(
        "An endpoint with [FatServiceRegister] answers after the decision and so cannot become a WebSocket or upgrade its connection. " +
        "Put the attribute on a method of a service that handles one message.");

    private void Set(IHttpUpgradeFeature? upgrade, IHttpExtendedConnectFeature? connect, IHttpWebSocketFeature? webSocket)
    {
        if (_upgrade is not null)
            _features.Set(upgrade);
        if (_connect is not null)
            _features.Set(connect);
        if (_webSocket is not null)
            _features.Set(webSocket);
    }
}
