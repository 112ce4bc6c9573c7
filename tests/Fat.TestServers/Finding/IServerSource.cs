namespace Fat.TestServers;

/// <summary>One way to get a server.</summary>
internal interface IServerSource<TServer>
{
    /// <summary>What is tried, for those who watch.</summary>
    string Name { get; }

    /// <summary>Gets a server that answers.</summary>
    /// <param name="report">Is told what takes long or is worth knowing.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    /// <exception cref="ServerNotFoundException">This way is not open on this machine; the message says why.</exception>
    Task<TServer> StartAsync(Action<string> report, CancellationToken cancellationToken);
}
