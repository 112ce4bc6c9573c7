using System.Net.Http.Json;
using Microsoft.Extensions.Configuration;

namespace Fat.Torture.Service;

/// <summary>The instances of all services, as this instance reaches them.</summary>
internal sealed class Peers(IConfiguration configuration, IHttpClientFactory clients)
{
    public const string Client = "peers";

    private readonly Dictionary<string, Uri[]> _addresses = configuration.GetSection("Peers").GetChildren()
        .ToDictionary(service => service.Key, service => service.Get<Uri[]>()!, StringComparer.Ordinal);

    /// <summary>An instance of the service, the same one or another at every call.</summary>
    public Uri AnyOf(string service) => Random.Shared.GetItems(_addresses[service], 1)[0];

    /// <summary>An instance of the service that an address belongs to.</summary>
    public Uri AnyBeside(Uri address) =>
        Random.Shared.GetItems(_addresses.Values.Single(instances => instances.Any(one => one.IsBaseOf(address))), 1)[0];

    public async Task CallAsync(Step step, CancellationToken cancellationToken)
    {
        var instances = _addresses[step.Service];
        var instance = step.Joins ? instances[step.Instance(instances.Length)] : AnyOf(step.Service);
        var address = new Uri(instance, step.Early ? "steps/early" : "steps/prepared");
        using var client = clients.CreateClient(Client);
        using var response = await client.PostAsJsonAsync(address, step, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
