using System.Reflection;
using System.Runtime.CompilerServices;

namespace Fat.Interception;

/// <summary>Finds the services by which the marked methods of a class are reached, where nobody has named one.</summary>
internal static class Contracts
{
    /// <summary>Whether a class can be registered at all. Endpoints, of MVC and in lambdas, are reached by the middleware and not by a proxy.</summary>
    public static bool MayHave(Type type) =>
        type is { IsClass: true, IsAbstract: false, IsGenericTypeDefinition: false } && !IsGenerated(type) && !IsController(type);

    /// <summary>Every interface of the class through which a mark is reached, and the class itself for what they do not reach.</summary>
    /// <exception cref="FatConfigurationException">None of them reaches a marked method.</exception>
    public static IReadOnlyList<MarkedMethods> Of(Type implementation)
    {
        var found = implementation.GetInterfaces().Where(contract => !IsOfFramework(contract))
            .Select(contract => MarkedMethods.Read(contract, implementation)).Where(methods => methods.All.Count > 0).ToList();
        var missed = MarkedMethods.OwnOf(implementation)
            .Where(method => !method.IsStatic && !IsGenerated(method) && !found.Exists(methods => methods.Reaches(method))).ToList();
        if (found.Count > 0 && missed.Count == 0)
            return found;
        var itself = MarkedMethods.Read(implementation, implementation);
        if (missed.Find(method => !itself.Reaches(method)) is { } lost)
            throw new FatConfigurationException(WhyNot(lost, implementation));
        return itself.All.Count > 0 ? [.. found, itself] : found;
    }

    private static string WhyNot(MethodInfo method, Type implementation) =>
        $"{MarkedMethods.Name(method)} is marked and cannot be intercepted: neither an interface of {implementation.Name} reaches it nor a class derived from it. " +
        "Add it to an interface, make it public virtual in a class that is not sealed, or take the mark away. " +
        "If an endpoint calls it as its handler, make it static, or register the services of the assembly one by one with AddTransactional.";

    private static bool IsOfFramework(Type contract) =>
        contract.Namespace is { } name && (name is "System" or "Microsoft" || name.StartsWith("System.", StringComparison.Ordinal) || name.StartsWith("Microsoft.", StringComparison.Ordinal));

    private static bool IsGenerated(MemberInfo member) => member.IsDefined(typeof(CompilerGeneratedAttribute), inherit: false);

    private static bool IsController(Type type)
    {
        for (var ancestor = type.BaseType; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (ancestor.FullName == "Microsoft.AspNetCore.Mvc.ControllerBase")
                return true;
        }

        return false;
    }
}
