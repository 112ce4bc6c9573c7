namespace Fat.Testing.Hosting;

/// <summary>A host that runs as a process of a service.</summary>
internal interface IRunningHost
{
    IServiceProvider Services { get; }

    /// <summary>The way to its endpoints; throws when it has none.</summary>
    HttpMessageHandler CreateHandler();

    /// <summary>Stops it gracefully and disposes of it.</summary>
    Task StopAsync(CancellationToken cancellationToken);
}
