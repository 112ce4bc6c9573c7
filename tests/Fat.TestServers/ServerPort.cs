namespace Fat.TestServers;

/// <summary>Starts a server on a free port, and again on another one when somebody else took it in between.</summary>
internal static class ServerPort
{
    private const int Attempts = 5;

    /// <param name="wanted">The port to use, or 0 for a free one.</param>
    /// <param name="startAsync">Starts the server on a port.</param>
    public static async Task StartOnAsync(int wanted, Func<int, Task> startAsync)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                await startAsync(wanted == 0 ? FreePort.Next() : wanted);
                return;
            }
            catch (ServerStartException failure) when (failure.PortWasTaken && wanted == 0 && attempt < Attempts)
            {
                // Between the choice of the port and its use another process was quicker; the next port is another one.
            }
        }
    }
}
