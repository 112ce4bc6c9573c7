using System.Reflection;

namespace Fat.Interception;

/// <summary>Finds the methods that journalled calls meant. Thread-safe.</summary>
internal sealed class ReplayTargets(IReadOnlyList<MarkedMethods> registered)
{
    /// <summary>The method of that signature, or the only one of its name: another version may have added a parameter.</summary>
    /// <exception cref="InvalidOperationException">There is none, or nobody can tell which.</exception>
    public ReplayTarget Find(string service, string signature)
    {
        var services = registered.Where(methods => CallDescription.Service(methods) == service).DistinctBy(methods => (methods.Service, methods.Implementation)).ToList();
        if (services is not [var found])
            throw new InvalidOperationException(services.Count == 0 ? $"There is no service {service} (any more)." : $"Service {service} is registered more than once.");
        var name = signature.Split('(')[0];
        var named = found.All.Where(marked => marked.Value.Transaction is not null && marked.Key.Name == name && !marked.Key.IsGenericMethod).Select(marked => marked.Key).ToList();
        var method = named.Find(method => CallDescription.Signature(method) == signature) ?? (named is [var only] ? only : null);
        return method is not null ? new ReplayTarget(found, method) : throw NoMethod(service, signature, named);
    }

    private static InvalidOperationException NoMethod(string service, string signature, List<MethodInfo> named) => new(named.Count == 0
        ? $"{service} has no [FatTransaction] method {signature} (any more)."
        : $"{service} has several methods of that name, and none is {signature}.");
}
