namespace Fat.TestServers;

/// <summary>Runs a program to its end.</summary>
internal static class Command
{
    /// <summary>Runs the program and returns its exit code and output. When it takes too long or is cancelled, it is killed.</summary>
    /// <exception cref="TimeoutException">The program did not end in time.</exception>
    public static async Task<CommandResult> RunAsync(ChildProcessOptions options, TimeSpan timeout, CancellationToken cancellationToken)
    {
        await using var process = await ChildProcess.StartAsync(options, cancellationToken);
        try
        {
            var exitCode = await process.Exited.WaitAsync(timeout, TimeProvider.System, cancellationToken);
            await process.OutputEnded.WaitAsync(timeout, TimeProvider.System, cancellationToken);
            return new CommandResult(exitCode, string.Join('\n', process.Tail));
        }
        catch (TimeoutException failure)
        {
            throw new TimeoutException(process.WithTail($"{Describe(options)} did not end within {timeout}."), failure);
        }
    }

    /// <summary>Runs the program and returns its output.</summary>
    /// <exception cref="ChildProcessException">The program's exit code is not 0.</exception>
    /// <exception cref="TimeoutException">The program did not end in time.</exception>
    public static async Task<string> SucceedAsync(ChildProcessOptions options, TimeSpan timeout, CancellationToken cancellationToken)
    {
        var result = await RunAsync(options, timeout, cancellationToken);
        return result.ExitCode == 0
            ? result.Output
            : throw new ChildProcessException($"{Describe(options)} failed with exit code {result.ExitCode}: {result.Output}");
    }

    private static string Describe(ChildProcessOptions options) => $"{options.FileName} {string.Join(' ', options.Arguments)}".TrimEnd();
}

/// <summary>How a program ended, and what it wrote.</summary>
internal sealed record CommandResult(int ExitCode, string Output);
