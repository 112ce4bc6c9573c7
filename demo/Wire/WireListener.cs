using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Fat;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Wire;

/// <summary>Listens on a port of the loopback interface and answers each message with what its handler made of it.</summary>
internal sealed class WireListener<THandler>(int port, IServiceScopeFactory scopes, ILogger<WireListener<THandler>> logger) : BackgroundService
    where THandler : class, IWireHandler
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, port);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return base.StartAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var open = new List<Task>();
        while (!stoppingToken.IsCancellationRequested)
        {
            var client = await AcceptAsync(stoppingToken);
            open.RemoveAll(connection => connection.IsCompleted);
            if (client is not null)
                open.Add(ServeAsync(client, stoppingToken));
        }

        await Task.WhenAll(open);
    }

    private async Task<TcpClient?> AcceptAsync(CancellationToken stoppingToken)
    {
        try
        {
            return await _listener.AcceptTcpClientAsync(stoppingToken);
        }
        catch (Exception failure) when (failure is OperationCanceledException or SocketException)
        {
            return null;
        }
    }

    private async Task ServeAsync(TcpClient client, CancellationToken stoppingToken)
    {
        using var _ = client;
        try
        {
            await using var stream = client.GetStream();
            while (await WireFrame.ReadAsync(stream, stoppingToken) is { } message)
                await WireFrame.WriteAsync(stream, await AnswerAsync(message, stoppingToken), stoppingToken);
        }
        catch (Exception failure) when (failure is IOException or SocketException or JsonException or InvalidDataException or OperationCanceledException)
        {
            logger.LogWarning(failure, "A connection over the wire ended");
        }
    }

    private async Task<WireMessage> AnswerAsync(WireMessage message, CancellationToken stoppingToken)
    {
        var handling = WireRemoteData.Begin(message);

        // Until a marked method joins the group that came along, nothing here may begin one of its own.
        using var unjoined = message.Fields is { Count: > 0 } fields ? FatUnjoinedCall.Enter(typeof(THandler).Name, fields) : null;
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<THandler>().HandleAsync(message.Body.GetValueOrDefault(), stoppingToken);
            return new WireMessage(null, handling.Reply ?? unjoined?.Reply);
        }
        catch (Exception failure)
        {
            return new WireMessage(null, handling.Reply ?? unjoined?.Reply, failure.Message);
        }
    }
}
