using System.Reflection;
using Castle.DynamicProxy;

namespace Fat.Interception;

/// <summary>The marked methods of one registered service, by the method that the proxy overrides. Immutable.</summary>
internal sealed class MarkedMethods
{
    private const BindingFlags Own = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.FlattenHierarchy;

    private readonly Dictionary<MethodInfo, Marks> _marks = new(DeclaredMethods.Comparer);
    private readonly HashSet<MethodInfo> _reached;

    private MarkedMethods(Type service, Type implementation)
    {
        Service = service;
        Implementation = implementation;
        _reached = service.IsInterface ? ReadInterface() : ReadClass();
    }

    public Type Service { get; }

    public Type Implementation { get; }

    public IReadOnlyDictionary<MethodInfo, Marks> All => _marks;

    /// <summary>Reads the marks of a service that has to reach all that its class has.</summary>
    /// <exception cref="FatConfigurationException">A marked method cannot be intercepted.</exception>
    public static MarkedMethods Of(Type service, Type implementation)
    {
        var methods = Read(service, implementation);
        return OwnOf(implementation).FirstOrDefault(method => !methods.Reaches(method)) is { } missed
            ? throw new FatConfigurationException(WhyNot(service, missed))
            : methods;
    }

    /// <summary>Reads the marks of a service that may be one of several of its class.</summary>
    /// <exception cref="FatConfigurationException">A marked method cannot be intercepted, whatever reaches it.</exception>
    public static MarkedMethods Read(Type service, Type implementation)
    {
        var methods = new MarkedMethods(service, implementation);
        foreach (var (method, marks) in methods._marks)
        {
            if (marks.Transaction is { Replay: true } && method.IsGenericMethod)
                throw new FatConfigurationException($"{Name(method)} is generic and cannot be replayed: the journal does not know its types. Take Replay away.");
            if (method.GetParameters().Any(parameter => parameter.ParameterType.IsByRef))
                throw new FatConfigurationException($"{Name(method)} has a ref, in or out parameter, which cannot be carried over to a branch worker. Return the value instead.");
            if (IsStream(method.ReturnType))
                throw new FatConfigurationException($"{Name(method)} returns {method.ReturnType.Name.Split('`')[0]}, whose items are made when it is over: outside of its transaction and its group. Return a list.");
        }

        if (methods._marks.Count > 0 && !ProxyUtil.IsAccessible(service))
        {
            throw new FatConfigurationException(
                $"{service} is internal, and proxies stand in an assembly of their own: make it public, or add [assembly: InternalsVisibleTo(\"DynamicProxyGenAssembly2\")] to {service.Assembly.GetName().Name}.");
        }

        return methods;
    }

    /// <summary>The marks that calls by an interface of a class are meant to meet, whether or not a proxy could be made of it.</summary>
    public static IReadOnlyCollection<Marks> ReachedBy(Type contract, Type implementation)
    {
        var isClosed = !contract.ContainsGenericParameters && !implementation.ContainsGenericParameters && contract.IsAssignableFrom(implementation);
        return isClosed && (HasMarks(implementation) || HasMarks(contract) || contract.GetInterfaces().Any(HasMarks)) ? new MarkedMethods(contract, implementation)._marks.Values : [];
    }

    /// <summary>The methods of a class that are marked themselves, whether or not a proxy reaches them.</summary>
    public static IEnumerable<MethodInfo> OwnOf(Type implementation) => implementation.GetMethods(Own).Where(HasOwnMark);

    /// <summary>Whether a call of the service can be a call of that method of the class.</summary>
    public bool Reaches(MethodInfo method) => _reached.Contains(method.GetBaseDefinition());

    public static string Name(MethodInfo method) => $"{method.DeclaringType?.Name}.{method.Name}";

    private static bool IsStream(Type type) =>
        type.IsGenericType && (type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>) || type.GetGenericTypeDefinition() == typeof(IAsyncEnumerator<>));

    private static bool HasMarks(Type type) => type.IsDefined(typeof(FatServiceRegisterAttribute), inherit: true) || OwnOf(type).Any();

    private static bool HasOwnMark(MethodInfo method) =>
        method.IsDefined(typeof(FatTransactionAttribute), inherit: true) || method.IsDefined(typeof(FatServiceRegisterAttribute), inherit: true);

    private static string WhyNot(Type service, MethodInfo method)
    {
        var what = $"{Name(method)} is marked and cannot be intercepted: ";
        if (method.IsStatic)
            return what + "it is static. Make it an instance method.";
        if (service.IsInterface)
            return what + $"it is not a member of {service.Name}. Add it to the interface, or register the class itself and make the method virtual.";
        var why = method.IsPrivate ? "it is private." : IsSeenByProxies(method) ? "it is not virtual, or its class is sealed." : "it cannot be seen from outside its assembly.";
        return what + why + " Make it public virtual, or register the service by an interface.";
    }

    /// <summary>Proxies stand in an assembly of their own: what is private, internal or private protected runs past them.</summary>
    private static bool IsSeenByProxies(MethodInfo method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    private HashSet<MethodInfo> ReadInterface()
    {
        var reached = new HashSet<MethodInfo>();
        foreach (var type in Service.GetInterfaces().Append(Service))
        {
            var map = Implementation.GetInterfaceMap(type);
            for (var i = 0; i < map.InterfaceMethods.Length; i++)
            {
                reached.Add(map.TargetMethods[i].GetBaseDefinition());
                if (Marks.Of(map.TargetMethods[i], map.InterfaceMethods[i]) is { } marks)
                    _marks[map.InterfaceMethods[i]] = marks;
            }
        }

        return reached;
    }

    private HashSet<MethodInfo> ReadClass()
    {
        var reached = new HashSet<MethodInfo>();
        foreach (var method in Implementation.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance))
        {
            if (!method.IsVirtual || method.IsFinal || !IsSeenByProxies(method) || Implementation.IsSealed)
                continue;
            reached.Add(method.GetBaseDefinition());
            if (method.DeclaringType != typeof(object) && Marks.Of(method, null) is { } marks)
                _marks[method] = marks;
        }

        return reached;
    }
}
