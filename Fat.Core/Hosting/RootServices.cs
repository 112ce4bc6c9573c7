namespace Fat.Hosting;

/// <summary>
/// The container itself, as background work gets it: what depends on a DI scope is then made in one of its own. It is known by its type, because a container may hand
/// out another provider with every question, as Autofac does.
/// </summary>
internal sealed class RootServices(IServiceProvider root) : IServiceProvider
{
    public object? GetService(Type serviceType) => root.GetService(serviceType);

    /// <summary>Whether a provider is certainly that of no DI scope.</summary>
    public bool Is(IServiceProvider services) => services is RootServices || ReferenceEquals(services, root);
}
