using Fat.Coordination;
using Fat.Hosting;
using Fat.Registry;

namespace Fat.Core.Tests.Hosting;

/// <summary>Waits that depend on each other keep their order for every value that is allowed.</summary>
public sealed class OptionLimitTests
{
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(20);

    [Fact]
    public void Decisions_are_cleaned_up_while_the_registry_knows_who_has_obeyed()
    {
        var options = new FatOptions { ServiceName = "orders", RecoveryInterval = Longest };
        Assert.True(new FatOptionsCheck().Validate(null, options).Succeeded);

        var timings = new Timings(options.WaitResult, options.WaitCommit, options.CommitPollInterval, options.GroupTimeout, options.RecoveryInterval);

        // The first turn that may delete the row comes up to one interval after that.
        Assert.True(timings.DecisionKept + options.RecoveryInterval < RegistryLifetimes.Done);
        Assert.True(timings.AbsenceTrusted < RegistryLifetimes.Done);
    }

    [Fact]
    public void A_longer_recovery_interval_is_refused()
    {
        var options = new FatOptions { ServiceName = "orders", RecoveryInterval = Longest + TimeSpan.FromMilliseconds(1) };

        Assert.Contains("Fat:RecoveryInterval", new FatOptionsCheck().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }
}
