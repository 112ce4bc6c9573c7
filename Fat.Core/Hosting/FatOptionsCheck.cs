using System.Text.RegularExpressions;
using Fat.Messages;
using Fat.Protocol;
using Microsoft.Extensions.Options;

namespace Fat.Hosting;

/// <summary>Checks section <c>Fat</c> at start-up; every message says what to change.</summary>
internal sealed partial class FatOptionsCheck : IValidateOptions<FatOptions>
{
    private const int ShortestKey = 16;
    private const int MostHistory = 1_000_000;

    private static readonly TimeSpan LongestRecoveryInterval = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan LongestWait = TimeSpan.FromHours(1);
    private static readonly TimeSpan LongestPollInterval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan LongestAlert = TimeSpan.FromDays(30);
    private static readonly TimeSpan ShortestLease = TimeSpan.FromSeconds(1);

    public ValidateOptionsResult Validate(string? name, FatOptions options)
    {
        var problems = new List<string>();
        if (!FatName.TryParse(options.ServiceName, out _))
        {
            problems.Add($"Fat:ServiceName '{options.ServiceName}' is not valid: use 1 to {FatName.MaxLength} of A-Z a-z 0-9 . _ - " +
                "(it defaults to the application name) and give every service its own.");
        }

        Positive(problems, nameof(options.WaitResult), options.WaitResult, LongestWait);
        Positive(problems, nameof(options.WaitCommit), options.WaitCommit, LongestWait);
        Positive(problems, nameof(options.CommitPollInterval), options.CommitPollInterval, LongestPollInterval);
        Positive(problems, nameof(options.GroupTimeout), options.GroupTimeout);
        Positive(problems, nameof(options.RecoveryInterval), options.RecoveryInterval);
        if (options.RecoveryInterval > LongestRecoveryInterval)
            problems.Add($"Fat:RecoveryInterval is {options.RecoveryInterval}; at most {LongestRecoveryInterval} is allowed, so that decisions are cleaned up while the registry still knows who has obeyed.");
        if (options.ShutdownTimeout < TimeSpan.Zero)
            problems.Add($"Fat:ShutdownTimeout is {options.ShutdownTimeout}; it cannot be negative.");
        else if (options.ShutdownTimeout > LongestWait)
            problems.Add(TooLong(nameof(options.ShutdownTimeout), options.ShutdownTimeout, LongestWait));
        Positive(problems, nameof(options.IncidentsKept), options.IncidentsKept);
        Positive(problems, nameof(options.InDoubtAlert), options.InDoubtAlert, LongestAlert);
        Positive(problems, "Webhook:Timeout", options.Webhook.Timeout, LongestWait);
        Positive(problems, "Redis:ConnectTimeout", options.Redis.ConnectTimeout, LongestWait);
        Positive(problems, "Redis:CommandTimeout", options.Redis.CommandTimeout, LongestWait);
        if (options.GroupTimeout > TimeSpan.FromHours(1))
            problems.Add($"Fat:GroupTimeout is {options.GroupTimeout}; a group holds row locks, so at most 01:00:00 is allowed.");
        if (!Enum.IsDefined(options.Answer))
            problems.Add($"Fat:Answer '{options.Answer}' is unknown; use Early or Prepared.");
        if (!Enum.IsDefined(options.Join))
            problems.Add($"Fat:Join '{options.Join}' is unknown; use None or Group.");
        if (options.Address is { } address && !(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri is { Scheme: "http" or "https", PathAndQuery: "/", UserInfo: "" }))
            problems.Add($"Fat:Address '{address}' is not an address of an instance: use http or https, a host and a port, and nothing else.");
        if (options.Workers.MaxConcurrent < 1)
            problems.Add($"Fat:Workers:MaxConcurrent is {options.Workers.MaxConcurrent}; at least 1 is needed.");
        if (options.Workers.QueueCapacity < 0)
            problems.Add($"Fat:Workers:QueueCapacity is {options.Workers.QueueCapacity}; 0 or more is needed.");
        if (options.SigningKey is { Length: < ShortestKey })
            problems.Add($"Fat:SigningKey has {options.SigningKey.Length} characters; at least {ShortestKey} are needed.");
        if (options.AcceptedSigningKeys.Any(key => key.Length < ShortestKey))
            problems.Add($"Fat:AcceptedSigningKeys has a key with less than {ShortestKey} characters.");
        if (options is { SigningKey: null, AcceptedSigningKeys.Count: > 0 })
            problems.Add("Fat:AcceptedSigningKeys are accepted beside Fat:SigningKey, which is not set: without it nothing is signed and nothing checked.");
        if (options.JournalLimit < 1)
            problems.Add($"Fat:JournalLimit is {options.JournalLimit}; at least 1 is needed.");
        if (options.HistoryKept is < 0 or > MostHistory)
            problems.Add($"Fat:HistoryKept is {options.HistoryKept}; 0 to {MostHistory} ended groups can be remembered.");
        if (options.ReplayAttempts < 1)
            problems.Add($"Fat:ReplayAttempts is {options.ReplayAttempts}; at least 1 is needed (Fat:ReplayLostBranches turns it off).");
        if (options.Webhook.Secret is { Length: < ShortestKey })
            problems.Add($"Fat:Webhook:Secret has {options.Webhook.Secret.Length} characters; at least {ShortestKey} are needed.");
        problems.AddRange(Problems(options.Messages));
        problems.AddRange(Problems(options.Health));
        if (!KeyPrefix().IsMatch(options.Redis.KeyPrefix))
            problems.Add($"Fat:Redis:KeyPrefix '{options.Redis.KeyPrefix}' is not valid: use 1 to 20 of A-Z a-z 0-9 . _ -");
        if (options.Redis.Port is < 1 or > 65535)
            problems.Add($"Fat:Redis:Port {options.Redis.Port} is not a port.");
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static List<string> Problems(FatHealthOptions options)
    {
        var problems = new List<string>();
        Positive(problems, "Health:Timeout", options.Timeout, LongestWait);
        Positive(problems, "Health:RegistrySlow", options.RegistrySlow);
        Positive(problems, "Health:DatabaseSlow", options.DatabaseSlow);
        Positive(problems, "Health:SilenceDegraded", options.SilenceDegraded);
        Positive(problems, "Health:InDoubtDegraded", options.InDoubtDegraded);
        if (!Enum.IsDefined(options.RegistryAway))
            problems.Add($"Fat:Health:RegistryAway '{options.RegistryAway}' is unknown; use Healthy, Degraded or Unhealthy.");
        if (options.SilenceUnhealthy < options.SilenceDegraded)
            problems.Add($"Fat:Health:SilenceUnhealthy is {options.SilenceUnhealthy}, and Fat:Health:SilenceDegraded, which comes before, {options.SilenceDegraded}.");
        if (options.InDoubtUnhealthy < options.InDoubtDegraded)
            problems.Add($"Fat:Health:InDoubtUnhealthy is {options.InDoubtUnhealthy}, and Fat:Health:InDoubtDegraded, which comes before, {options.InDoubtDegraded}.");
        if (options.IncidentsDegraded < 1)
            problems.Add($"Fat:Health:IncidentsDegraded is {options.IncidentsDegraded}; at least 1 is needed.");
        if (options.IncidentsUnhealthy < options.IncidentsDegraded)
            problems.Add($"Fat:Health:IncidentsUnhealthy is {options.IncidentsUnhealthy}, and Fat:Health:IncidentsDegraded, which comes before, {options.IncidentsDegraded}.");
        return problems;
    }

    private static List<string> Problems(FatMessageOptions options)
    {
        var problems = new List<string>();
        Positive(problems, "Messages:TimeoutToFail", options.TimeoutToFail);
        Positive(problems, "Messages:RequestTimeout", options.RequestTimeout);
        if (options.RequestTimeout > BranchCaller.LongestTimeout)
            problems.Add($"Fat:Messages:RequestTimeout is {options.RequestTimeout}; {BranchCaller.LongestTimeout} is the most.");
        Positive(problems, "Messages:RetryInterval", options.RetryInterval);
        Positive(problems, "Messages:RecordsKept", options.RecordsKept);
        Positive(problems, "Messages:RowsKept", options.RowsKept);
        Positive(problems, "Messages:BarriersKept", options.BarriersKept);
        if (options.RetryLimit < options.RetryInterval)
            problems.Add($"Fat:Messages:RetryLimit is {options.RetryLimit}; it is the longest pause, and Fat:Messages:RetryInterval, the first one, is {options.RetryInterval}.");
        if (options.Lease < ShortestLease)
            problems.Add($"Fat:Messages:Lease is {options.Lease}; it is renewed while work runs, and 00:00:01 is the least.");
        if (options.Concurrency < 1)
            problems.Add($"Fat:Messages:Concurrency is {options.Concurrency}; at least 1 is needed.");
        if (options.AlertAfter < 1)
            problems.Add($"Fat:Messages:AlertAfter is {options.AlertAfter}; at least 1 is needed.");
        if (options.SizeLimit < 1)
            problems.Add($"Fat:Messages:SizeLimit is {options.SizeLimit}; at least 1 is needed.");
        foreach (var (service, address) in options.Services)
        {
            if (!(Uri.TryCreate(address, UriKind.Absolute, out var uri) && uri!.Scheme is "http" or "https"))
                problems.Add($"Fat:Messages:Services:{service} '{address}' is not an http or https address.");
        }

        return problems;
    }

    private static void Positive(List<string> problems, string setting, TimeSpan value)
    {
        if (value <= TimeSpan.Zero)
            problems.Add($"Fat:{setting} is {value}; it has to be longer than zero.");
    }

    /// <summary>A setting that becomes a timer, which .NET ends at 49 days; and a number that was meant as milliseconds is far above.</summary>
    private static void Positive(List<string> problems, string setting, TimeSpan value, TimeSpan most)
    {
        Positive(problems, setting, value);
        if (value > most)
            problems.Add(TooLong(setting, value, most));
    }

    private static string TooLong(string setting, TimeSpan value, TimeSpan most) =>
        $"Fat:{setting} is {value}; at most {most} is allowed. In configuration a number without colons means days: three seconds are 00:00:03.";

    [GeneratedRegex("^[A-Za-z0-9._-]{1,20}$", RegexOptions.NonBacktracking)]
    private static partial Regex KeyPrefix();
}
