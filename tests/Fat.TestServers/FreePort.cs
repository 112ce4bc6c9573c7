using System.Net;
using System.Net.Sockets;

namespace Fat.TestServers;

/// <summary>Hands out TCP ports of the loopback interface on which nothing listens.</summary>
/// <remarks>
/// The ports lie below the range from which systems take the source ports of outgoing connections. So while a server
/// is down, no client can be given its port by accident, nor connect to itself, and the server can always come back.
/// </remarks>
public static class FreePort
{
    private const int First = 15_000;
    private const int Last = 31_999;

    private static readonly Lock Gate = new();
    private static readonly HashSet<int> Given = [];

    /// <summary>Returns a port that is free now and that this process has not been given before.</summary>
    public static int Next()
    {
        lock (Gate)
        {
            // Random, so that processes that run at the same time seldom choose alike.
            for (var attempt = 0; attempt < 1_000; attempt++)
            {
                var port = Random.Shared.Next(First, Last + 1);
                if (IsFree(port) && Given.Add(port))
                    return port;
            }
        }

        throw new InvalidOperationException($"No free TCP port was found between {First} and {Last}.");
    }

    private static bool IsFree(int port)
    {
        using var listener = new TcpListener(IPAddress.Loopback, port);
        try
        {
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
