using System.Diagnostics;
using Demo.Reporting;
using Demo.Scenarios;
using Demo.Stage;

namespace Demo;

/// <summary>Sets the stage, plays the scenarios on it one by one, and clears it away, whatever happens.</summary>
internal sealed class DemoRun(DemoOptions options, Terminal terminal, CancellationToken stop)
{
    private int _passed;

    /// <summary>Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        try
        {
            await using var stage = await ShopStage.SetAsync(terminal, options.Collector, stop);
            await PlayAsync(stage);
            if (options.StaysUp)
                await StayUpAsync(stage);
            terminal.Line();
            terminal.Faint("Stopping everything that was started …");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            terminal.Line();
            terminal.Bad("Interrupted: scenarios that did not end count as failed.");
        }
        catch (Exception failure)
        {
            terminal.Line();
            terminal.Bad(failure.Message);
        }

        var failed = options.Scenarios.Count - _passed;
        terminal.Line($"scenarios: {_passed} passed, {failed} failed");
        return failed == 0 ? 0 : 1;
    }

    private async Task PlayAsync(ShopStage stage)
    {
        var clock = Stopwatch.StartNew();
        foreach (var scenario in options.Scenarios)
        {
            if (await new ScenarioRun(scenario, stage, terminal).PlayAsync(stop))
                _passed++;
        }

        terminal.Line();
        terminal.Line($"{_passed} of {options.Scenarios.Count} scenarios passed in {clock.Elapsed.TotalSeconds:0.0} s.");
    }

    private async Task StayUpAsync(ShopStage stage)
    {
        await stage.Client.FillAsync(stop);
        terminal.Line();
        terminal.Title("Everything stays up until Ctrl-C");
        foreach (var line in stage.Addresses())
            terminal.Line("  " + line);
        await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}
