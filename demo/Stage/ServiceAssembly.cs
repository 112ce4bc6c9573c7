using System.Reflection;

namespace Demo.Stage;

/// <summary>Where the services are that were built together with this program.</summary>
internal static class ServiceAssembly
{
    public static string PathOf(string service) => typeof(ServiceAssembly).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(entry => entry.Key == service)
        .Value!;
}
