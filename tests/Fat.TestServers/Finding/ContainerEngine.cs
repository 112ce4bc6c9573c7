using System.Globalization;

namespace Fat.TestServers;

/// <summary>Docker or Podman, when its engine answers.</summary>
internal sealed class ContainerEngine(string program)
{
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The command's name.</summary>
    public string Name => Path.GetFileName(program);

    /// <exception cref="ServerNotFoundException">There is no engine, or it does not answer.</exception>
    public static async Task<ContainerEngine> FindAsync(IReadOnlyList<string>? folders, CancellationToken cancellationToken)
    {
        foreach (var name in new[] { "docker", "podman" })
        {
            var program = folders is null ? Executable.Find(name) : Executable.Find(name, folders);
            if (program is not null && await AnswersAsync(program, cancellationToken))
                return new ContainerEngine(program);
        }

        throw new ServerNotFoundException("Neither docker nor podman answers.");
    }

    /// <summary>Starts a container that publishes one port on the loopback interface.</summary>
    /// <param name="image">The image.</param>
    /// <param name="containerPort">The port inside the container.</param>
    /// <param name="environment">What is set in the container's environment.</param>
    /// <param name="arguments">The arguments of the image's program.</param>
    /// <param name="cancellationToken">Cancels the start.</param>
    public async Task<Container> RunAsync(
        string image,
        int containerPort,
        IReadOnlyDictionary<string, string> environment,
        IReadOnlyList<string> arguments,
        CancellationToken cancellationToken)
    {
        var name = $"fat-testing-{Guid.NewGuid():N}";
        var port = FreePort.Next();
        var options = new ChildProcessOptions
        {
            FileName = program,
            Arguments =
            [
                "run", "--rm", "--name", name,
                "--publish", string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{port}:{containerPort}"),
                .. environment.SelectMany(variable => new[] { "--env", $"{variable.Key}={variable.Value}" }),
                image, .. arguments,
            ],

            // The command hands this signal on to the container; killed, it would leave the container behind.
            ParentDeathSignal = "TERM",
        };
        return new Container(program, name, port, await ChildProcess.StartAsync(options, cancellationToken));
    }

    private static async Task<bool> AnswersAsync(string program, CancellationToken cancellationToken)
    {
        try
        {
            var info = new ChildProcessOptions { FileName = program, Arguments = ["info"] };
            return (await Command.RunAsync(info, AnswerTimeout, cancellationToken)).ExitCode == 0;
        }
        catch (Exception failure) when (failure is TimeoutException or ChildProcessException)
        {
            return false;
        }
    }
}
