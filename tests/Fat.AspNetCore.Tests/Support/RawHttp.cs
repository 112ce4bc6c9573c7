using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>One HTTP/1.1 request over a socket: shows the answer's bytes as they are.</summary>
internal sealed class RawHttp : IDisposable
{
    private readonly TcpClient _tcp = new();

    /// <summary>Bytes of the answer that have arrived and were not read.</summary>
    public int Available => _tcp.Available;

    public static async Task<RawHttp> SendAsync(IPEndPoint address, string requestLine, params string[] headers)
    {
        var token = TestContext.Current.CancellationToken;
        var raw = new RawHttp();
        await raw._tcp.ConnectAsync(address, token);
        var lines = string.Join("\r\n", [$"{requestLine} HTTP/1.1", "Host: localhost", .. headers, "", ""]);
        await raw._tcp.GetStream().WriteAsync(Encoding.ASCII.GetBytes(lines), token);
        return raw;
    }

    /// <summary>Everything up to the end of the connection; ask for <c>Connection: close</c>.</summary>
    public async Task<string> ReadToEndAsync()
    {
        using var reader = new StreamReader(_tcp.GetStream(), Encoding.ASCII, leaveOpen: true);
        return await reader.ReadToEndAsync(TestContext.Current.CancellationToken);
    }

    public void Dispose() => _tcp.Dispose();
}
