using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Fat.TestServers;

/// <summary>
/// One plain connection to a Redis server that sends one command at a time and never connects again: for checks, and for
/// tests that must know on which connection they are.
/// </summary>
public sealed class RespConnection : IAsyncDisposable
{
    private readonly TcpClient _client;
    private readonly NetworkStream _stream;
    private readonly StreamReader _reader;

    private RespConnection(TcpClient client)
    {
        _client = client;
        _stream = client.GetStream();
        _reader = new StreamReader(_stream, Encoding.UTF8, leaveOpen: true);
    }

    /// <summary>Connects, and authenticates when there is a password.</summary>
    public static async Task<RespConnection> ConnectAsync(
        string host,
        int port,
        string? password = null,
        CancellationToken cancellationToken = default)
    {
        var client = new TcpClient { NoDelay = true };
        try
        {
            await client.ConnectAsync(host, port, cancellationToken);
            var connection = new RespConnection(client);
            if (password is not null)
                await connection.ExecuteAsync(["AUTH", password], cancellationToken);
            return connection;
        }
        catch
        {
            client.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Sends a command and returns its reply: a string for what Redis calls status, integer and bulk, null for nothing,
    /// and a list for several.
    /// </summary>
    /// <exception cref="RespException">The server answered with an error.</exception>
    /// <exception cref="IOException">The connection broke before the reply came.</exception>
    public async Task<object?> ExecuteAsync(IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        await SendAsync(command, cancellationToken);
        return await ReceiveAsync(cancellationToken);
    }

    /// <summary>Sends a command without waiting for its reply.</summary>
    public async Task SendAsync(IReadOnlyList<string> command, CancellationToken cancellationToken = default)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"*{command.Count}\r\n");
        foreach (var part in command)
            text.Append(CultureInfo.InvariantCulture, $"${Encoding.UTF8.GetByteCount(part)}\r\n{part}\r\n");
        await _stream.WriteAsync(Encoding.UTF8.GetBytes(text.ToString()), cancellationToken);
    }

    /// <summary>Waits for the reply to a command that was sent.</summary>
    /// <inheritdoc cref="ExecuteAsync" path="/returns | /exception"/>
    public async Task<object?> ReceiveAsync(CancellationToken cancellationToken = default)
    {
        var line = await ReadLineAsync(cancellationToken);
        var rest = line[1..];
        return line[0] switch
        {
            '+' or ':' => rest,
            '-' => throw new RespException(rest),
            '$' => rest == "-1" ? null : await ReadBulkAsync(int.Parse(rest, CultureInfo.InvariantCulture), cancellationToken),
            '*' => rest == "-1" ? null : await ReadListAsync(int.Parse(rest, CultureInfo.InvariantCulture), cancellationToken),
            _ => throw new IOException($"Not a reply of Redis's protocol: {line}"),
        };
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _reader.Dispose();
        _client.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<string> ReadLineAsync(CancellationToken cancellationToken) =>
        await _reader.ReadLineAsync(cancellationToken) is { Length: > 0 } line
            ? line
            : throw new IOException("The server closed the connection before it replied.");

    // Lengths are counted in bytes on the wire and in characters here: text beyond ASCII is read until it has its bytes.
    private async Task<string> ReadBulkAsync(int bytes, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var buffer = new char[1];
        for (var left = bytes + 2; left > 0;)
        {
            if (await _reader.ReadAsync(buffer, cancellationToken) == 0)
                throw new IOException("The server closed the connection in the middle of a reply.");
            text.Append(buffer[0]);
            left -= char.IsSurrogate(buffer[0]) ? 2 : Encoding.UTF8.GetByteCount(buffer);
        }

        return text.ToString(0, text.Length - 2);
    }

    private async Task<List<object?>> ReadListAsync(int count, CancellationToken cancellationToken)
    {
        var list = new List<object?>(count);
        for (var index = 0; index < count; index++)
            list.Add(await ReceiveAsync(cancellationToken));
        return list;
    }
}
