using System.Globalization;
using Fat.Coordination;
using Fat.Hosting;
using Fat.Registry;
using Microsoft.Extensions.Configuration;

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

    /// <summary>As configuration reads a number that was meant as milliseconds.</summary>
    [Theory]
    [InlineData("WaitResult", 3000)]
    [InlineData("WaitCommit", 3000)]
    [InlineData("CommitPollInterval", 200)]
    [InlineData("GroupTimeout", 30_000)]
    [InlineData("RecoveryInterval", 5000)]
    [InlineData("ShutdownTimeout", 5000)]
    [InlineData("InDoubtAlert", 60_000)]
    [InlineData("Webhook:Timeout", 5000)]
    [InlineData("Redis:ConnectTimeout", 5000)]
    [InlineData("Redis:CommandTimeout", 2000)]
    [InlineData("Health:Timeout", 2000)]
    [InlineData("Messages:RequestTimeout", 3000)]
    public void Days_that_were_meant_as_milliseconds_are_refused(string setting, int value)
    {
        var options = new FatOptions { ServiceName = "orders" };
        new ConfigurationBuilder().AddInMemoryCollection([new(setting, value.ToString(CultureInfo.InvariantCulture))]).Build().Bind(options);

        Assert.Contains($"Fat:{setting}", new FatOptionsCheck().Validate(null, options).FailureMessage, StringComparison.Ordinal);
    }
}
