
namespace Fat.TestServers.Tests;

public sealed class ChildProcessTests
{
    private static readonly TimeSpan Enough = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Lines_of_both_outputs_are_kept_and_forwarded()
    {
        var forwarded = new List<string>();
        var options = Shell("echo out; echo err >&2; echo $COLOUR") with
        {
            Environment = new Dictionary<string, string?>(StringComparer.Ordinal) { ["COLOUR"] = "green" },
            OnLine = line =>
            {
                lock (forwarded)
                    forwarded.Add(line);
            },
        };
        await using var process = await ChildProcess.StartAsync(options, Cancellation);

        Assert.Equal(0, await process.Exited.WaitAsync(Cancellation));
        await process.OutputEnded.WaitAsync(Cancellation);

        Assert.Equal("err green out", string.Join(' ', process.Tail.Order(StringComparer.Ordinal)));
        Assert.Equal("err green out", string.Join(' ', forwarded.Order(StringComparer.Ordinal)));
        Assert.Equal(3, process.LineCount);
    }

    [Fact]
    public async Task Only_the_last_lines_are_kept()
    {
        await using var process = await ChildProcess.StartAsync(Shell("seq 1 100") with { TailLength = 2 }, Cancellation);

        await process.OutputEnded.WaitAsync(Cancellation);

        Assert.Equal(["99", "100"], process.Tail);
    }

    [Fact]
    public async Task A_line_is_found_before_and_after_it_is_waited_for()
    {
        await using var process = await ChildProcess.StartAsync(Shell("trap 'echo two; exit' TERM; echo one; while :; do sleep 0.01; done"), Cancellation);

        await process.WaitForLineAsync(line => line == "one", Enough, cancellationToken: Cancellation);
        Assert.Equal("one", await process.WaitForLineAsync(line => line == "one", Enough, cancellationToken: Cancellation));
        var next = process.WaitForLineAsync(_ => true, Enough, process.LineCount, Cancellation);
        await process.StopAsync(cancellationToken: Cancellation);

        Assert.Equal("two", await next);
    }

    [Fact]
    public async Task Waiting_for_a_line_that_cannot_come_any_more_fails_with_the_output()
    {
        await using var process = await ChildProcess.StartAsync(Shell("echo sorry; exit 3"), Cancellation);

        var failure = await Assert.ThrowsAsync<ChildProcessException>(
            () => process.WaitForLineAsync(line => line == "ready", Enough, cancellationToken: Cancellation));

        Assert.Contains("sorry", failure.Message, StringComparison.Ordinal);
        Assert.Equal(3, await process.Exited);
        Assert.Equal(3, process.ExitCode);
    }

    [Fact]
    public async Task Waiting_for_a_line_that_does_not_come_ends()
    {
        await using var process = await ChildProcess.StartAsync(Shell("sleep 1000"), Cancellation);

        await Assert.ThrowsAsync<TimeoutException>(
            () => process.WaitForLineAsync(_ => true, TimeSpan.FromMilliseconds(50), cancellationToken: Cancellation));
    }

    [Fact]
    public async Task One_that_is_stopped_ends_in_order_and_one_that_will_not_is_killed()
    {
        await using var polite = await ChildProcess.StartAsync(Shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done"), Cancellation);
        await using var stubborn = await ChildProcess.StartAsync(Shell("trap '' TERM; echo ready; while :; do sleep 0.01; done"), Cancellation);
        await polite.WaitForLineAsync(_ => true, Enough, cancellationToken: Cancellation);
        await stubborn.WaitForLineAsync(_ => true, Enough, cancellationToken: Cancellation);

        await polite.StopAsync(cancellationToken: Cancellation);
        await stubborn.StopAsync(TimeSpan.FromMilliseconds(50), Cancellation);

        Assert.Equal(7, polite.ExitCode);
        Assert.Equal(128 + 9, stubborn.ExitCode);
    }

    [Fact]
    public async Task One_that_is_killed_while_it_is_paused_is_gone()
    {
        await using var process = await ChildProcess.StartAsync(Shell("echo ready; exec sleep 1000"), Cancellation);
        await process.PauseAsync(Cancellation);

        await process.KillAsync(Cancellation);

        Assert.True(process.HasExited);
        Assert.False(ProcessTable.IsAlive(process.ProcessId));
    }

    [Fact]
    public async Task What_it_started_ends_with_it_when_it_is_disposed()
    {
        int grandchild;
        await using (var process = await ChildProcess.StartAsync(Shell("sleep 1000 & echo $!; wait"), Cancellation))
        {
            grandchild = int.Parse(await process.WaitForLineAsync(_ => true, Enough, cancellationToken: Cancellation), null);
            Assert.True(ProcessTable.IsAlive(grandchild));
        }

        await ProcessTable.WaitUntilGoneAsync(grandchild, Cancellation);
    }

    [Fact]
    public async Task A_program_that_does_not_exist_cannot_be_started()
    {
        await Assert.ThrowsAsync<ChildProcessException>(
            () => ChildProcess.StartAsync(new ChildProcessOptions { FileName = "no-such-program" }, Cancellation));
    }

    [Fact]
    public async Task It_outlives_the_thread_that_asked_for_it()
    {
        var started = new TaskCompletionSource<Task<ChildProcess>>();
        var thread = new Thread(() => started.SetResult(ChildProcess.StartAsync(Shell("echo ready; exec sleep 1000"), Cancellation)));
        thread.Start();
        thread.Join();
        await using var process = await await started.Task;
        await process.WaitForLineAsync(_ => true, Enough, cancellationToken: Cancellation);

        Assert.False(process.HasExited);
        Assert.True(ProcessTable.IsAlive(process.ProcessId));
    }

    private static ChildProcessOptions Shell(string script) => new() { FileName = "sh", Arguments = ["-c", script] };
}
