using System.Reflection;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Dashboard;

/// <summary>Begins a session: who is who, and a token for actions.</summary>
internal sealed class SessionEndpoint(Sources sources, FatDashboardOptions options, ActionTokens tokens)
{
    private static readonly string Version = typeof(SessionEndpoint).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? string.Empty;

    public async Task<SessionAnswer> BeginAsync(HttpContext http)
    {
        var who = Operator.Of(http);

        // A registry that is away leaves this service, by its name.
        var reads = new Reads();
        var services = await ServiceNames.ReadAsync(sources, reads, http.RequestAborted).ConfigureAwait(false);
        var instances = await reads.ReadAsync(Reads.Registry, () => sources.Monitor.ListInstancesAsync(http.RequestAborted)).ConfigureAwait(false);
        return new SessionAnswer(sources.Service, Own(instances ?? [])?.Id, Version, who.Name, options.ReadOnly, tokens.Issue(http, who), services);
    }

    /// <summary>This process; null while it has not told of itself, or where several instances run in one process.</summary>
    private FatInstance? Own(IReadOnlyList<FatInstance> instances)
    {
        var own = instances
            .Where(instance => instance.Service == sources.Service && instance.Status?.ProcessId == Environment.ProcessId && instance.Status.Machine == Environment.MachineName)
            .Take(2).ToList();
        return own.Count == 1 ? own[0] : null;
    }
}
