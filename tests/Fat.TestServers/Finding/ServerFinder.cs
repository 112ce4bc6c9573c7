namespace Fat.TestServers;

/// <summary>Tries one way after the other to get a server.</summary>
/// <param name="wanted">What is looked for.</param>
/// <param name="advice">What somebody can do who has none.</param>
/// <param name="sources">The ways, the best first.</param>
internal sealed class ServerFinder<TServer>(string wanted, string advice, IReadOnlyList<IServerSource<TServer>> sources)
{
    /// <summary>Gets a server from the first source that has one.</summary>
    /// <exception cref="ServerNotFoundException">None has; the message says why each has not, and what to do.</exception>
    public async Task<TServer> FindAsync(Action<string>? report, CancellationToken cancellationToken)
    {
        report ??= _ => { };
        var reasons = new List<string>();
        foreach (var source in sources)
        {
            try
            {
                var server = await source.StartAsync(report, cancellationToken);
                report($"{wanted}: {source.Name}");
                return server;
            }
            catch (Exception failure) when (IsReasonToTryNext(failure))
            {
                reasons.Add($"{source.Name}: {failure.Message}");
                report($"{wanted}: not {source.Name}: {failure.Message}");
            }
        }

        var lines = string.Join(Environment.NewLine, reasons.Select(reason => "- " + reason));
        throw new ServerNotFoundException($"No {wanted} was found. {advice}{Environment.NewLine}What was tried:{Environment.NewLine}{lines}");
    }

    // Anything else, such as a server that was named and does not answer, must not be papered over by another server.
    private static bool IsReasonToTryNext(Exception failure) =>
        failure is ServerNotFoundException or ServerStartException or ChildProcessException or TimeoutException;
}
