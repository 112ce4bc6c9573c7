using System.ComponentModel;
using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Fat.TestServers;

/// <summary>A process that this one started, that can be waited for, paused and killed, and that does not outlive it.</summary>
public sealed class ChildProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Process _process;
    private readonly ChildOutput _output;
    private readonly string _name;
    private bool _disposed;

    private ChildProcess(Process process, ChildProcessOptions options)
    {
        _process = process;
        _name = Path.GetFileName(options.FileName);
        ProcessId = process.Id;
        _output = new ChildOutput(process, options.TailLength, options.OnLine);
        Exited = WaitForExitAsync();
    }

    /// <summary>The kernel's number of the process itself, not of a wrapper around it.</summary>
    public int ProcessId { get; }

    /// <summary>Completes with the exit code when the process has ended. One that a signal n ended has code 128 + n.</summary>
    public Task<int> Exited { get; }

    /// <summary>Whether the process has ended.</summary>
    public bool HasExited => Exited.IsCompleted;

    /// <summary>The exit code, or null while the process runs.</summary>
    public int? ExitCode { get; private set; }

    /// <summary>The last lines that the process wrote to its output and its error output.</summary>
    public IReadOnlyList<string> Tail => _output.Tail();

    /// <summary>How many lines the process has written so far.</summary>
    public long LineCount => _output.Count;

    /// <summary>
    /// Completes when every process that shares the output has ended: this one and those that it started and that
    /// inherited the output from it.
    /// </summary>
    public Task OutputEnded => _output.Ended;

    /// <summary>Starts the program.</summary>
    /// <exception cref="ChildProcessException">There is no such program, or it cannot be executed.</exception>
    public static async Task<ChildProcess> StartAsync(ChildProcessOptions options, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var info = await DescribeAsync(options);
        try
        {
            var process = await ProcessLauncher.StartAsync(info);
            process.StandardInput.Close();
            return new ChildProcess(process, options);
        }
        catch (Win32Exception failure)
        {
            throw new ChildProcessException($"{options.FileName} cannot be started: {failure.Message}", failure);
        }
    }

    /// <summary>Waits for a line that matches, be it already written and still in <see cref="Tail"/> or yet to come.</summary>
    /// <param name="matches">Says whether a line is the awaited one.</param>
    /// <param name="timeout">How long to wait.</param>
    /// <param name="afterLine">Lines up to this one, as <see cref="LineCount"/> counts them, are not looked at.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="TimeoutException">The line did not come in time.</exception>
    /// <exception cref="ChildProcessException">The output ended without the line.</exception>
    public async Task<string> WaitForLineAsync(
        Func<string, bool> matches,
        TimeSpan timeout,
        long afterLine = 0,
        CancellationToken cancellationToken = default)
    {
        using var timer = new CancellationTokenSource(timeout);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timer.Token, cancellationToken);
        try
        {
            return await _output.FindAsync(matches, afterLine, either.Token)
                ?? throw new ChildProcessException(WithTail($"{_name} ended without the line that was waited for."));
        }
        catch (OperationCanceledException cancelled) when (timer.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException(WithTail($"{_name} did not write the line that was waited for within {timeout}."), cancelled);
        }
    }

    /// <summary>Waits for a line that matches the pattern, be it already written and still in <see cref="Tail"/> or yet to come.</summary>
    /// <inheritdoc cref="WaitForLineAsync(Func{string, bool}, TimeSpan, long, CancellationToken)"/>
    public Task<string> WaitForLineAsync(
        Regex pattern,
        TimeSpan timeout,
        long afterLine = 0,
        CancellationToken cancellationToken = default) =>
        WaitForLineAsync(pattern.IsMatch, timeout, afterLine, cancellationToken);

    /// <summary>Kills the process (SIGKILL), so that it can do nothing more, and waits for its end.</summary>
    public async Task KillAsync(CancellationToken cancellationToken = default)
    {
        Kill(entireTree: false);
        await Exited.WaitAsync(cancellationToken);
    }

    /// <summary>Kills the process and all that it started, and waits for their end.</summary>
    public async Task KillTreeAsync(CancellationToken cancellationToken = default)
    {
        Kill(entireTree: true);
        await Exited.WaitAsync(cancellationToken);
        await OutputEnded.WaitAsync(Patience, TimeProvider.System, cancellationToken);
    }

    /// <summary>Freezes the process (SIGSTOP), which keeps its connections open, and waits until it stands still.</summary>
    public async Task PauseAsync(CancellationToken cancellationToken = default)
    {
        Signal(UnixSignal.Stop);
        if (OperatingSystem.IsLinux())
            await ProcessTable.WaitUntilStoppedAsync(ProcessId, cancellationToken).WaitAsync(Patience, TimeProvider.System, cancellationToken);
    }

    /// <summary>Lets a frozen process go on (SIGCONT).</summary>
    public Task ResumeAsync(CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        Signal(UnixSignal.Continue);
        return Task.CompletedTask;
    }

    /// <summary>Asks the process to end (SIGTERM), and kills it when it has not done so after the given time.</summary>
    /// <param name="patience">How long the process may take; ten seconds when null.</param>
    /// <param name="cancellationToken">Ends the wait, not the process.</param>
    public Task StopAsync(TimeSpan? patience = null, CancellationToken cancellationToken = default) =>
        StopAsync(UnixSignal.Terminate, patience ?? Patience, cancellationToken);

    /// <summary>Kills the process and what it started, if it still runs.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        Kill(entireTree: true);
        await Exited;
        await OutputEnded.WaitAsync(Patience, TimeProvider.System).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _output.Dispose();
        await OutputEnded;
        _process.Dispose();
    }

    internal async Task StopAsync(UnixSignal signal, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (OperatingSystem.IsWindows())
        {
            await KillAsync(cancellationToken);
            return;
        }

        Signal(signal);

        // One that is frozen hears the signal only when it goes on.
        Signal(UnixSignal.Continue);
        try
        {
            await Exited.WaitAsync(patience, TimeProvider.System, cancellationToken);
        }
        catch (TimeoutException)
        {
            await KillAsync(cancellationToken);
        }
    }

    /// <summary>Appends the last lines of output to a message about this process.</summary>
    internal string WithTail(string message)
    {
        var tail = Tail.TakeLast(30).ToList();
        return tail.Count == 0
            ? $"{message} It wrote nothing."
            : $"{message} It last wrote:{Environment.NewLine}{string.Join(Environment.NewLine, tail)}";
    }

    private static async Task<ProcessStartInfo> DescribeAsync(ChildProcessOptions options)
    {
        var setpriv = options.DiesWithParent || options.User is not null ? await Setpriv.PathAsync : null;
        if (options.User is not null && setpriv is null)
            throw new ChildProcessException($"{options.FileName} must not run as root, and util-linux's setpriv is not here to run it as {options.User.Name}.");

        var deathSignal = options.DiesWithParent ? options.ParentDeathSignal : null;

        // Without a program setpriv would start and only then fail, which is harder to tell from a failure of the program.
        var program = Executable.Find(options.FileName)
            ?? (setpriv is null ? options.FileName : throw new ChildProcessException($"There is no program {options.FileName} on this machine."));
        var info = setpriv is null
            ? new ProcessStartInfo(program, options.Arguments)
            : new ProcessStartInfo(setpriv, [.. Setpriv.Arguments(deathSignal, options.User), program, .. options.Arguments]);
        info.RedirectStandardInput = true;
        info.RedirectStandardOutput = true;
        info.RedirectStandardError = true;
        info.UseShellExecute = false;
        info.WorkingDirectory = options.WorkingDirectory ?? "";

        // One of .NET's that is killed would leave the sockets of its diagnostics behind in the temporary folder.
        info.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in options.Environment)
            info.Environment[name] = value;
        return info;
    }

    private async Task<int> WaitForExitAsync()
    {
        await _process.WaitForExitAsync();
        ExitCode = _process.ExitCode;
        return _process.ExitCode;
    }

    private void Signal(UnixSignal signal)
    {
        if (!HasExited)
            UnixSignals.Send(ProcessId, signal);
    }

    private void Kill(bool entireTree)
    {
        if (!HasExited)
            _process.Kill(entireTree);
    }
}
