using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers;

/// <summary>Which calls leave the process.</summary>
internal static class RemoteCalls
{
    private static readonly string[] ClientAttributes = ["Refit.HttpMethodAttribute", "RestEase.RequestAttribute", "RestEase.RequestAttributeBase"];

    /// <summary>The call waits for another process: HttpClient, a typed client, an interface of Refit or RestEase, gRPC, or a transport of the application's own.</summary>
    public static bool Is(IInvocationOperation call, FatSymbols symbols)
    {
        var method = call.TargetMethod.ReducedFrom ?? call.TargetMethod;
        if (IsBegun(method))
            return true;
        if (!symbols.IsTask(method.ReturnType))
            return IsSynchronousSend(method, symbols) || IsGrpc(method);
        if (method.IsExtensionMethod)
            return method.Parameters.Length > 0 && IsClient(method.Parameters[0].Type, symbols);
        return IsClient(method.ContainingType, symbols) || IsDeclared(method) || IsTyped(call, symbols);
    }

    /// <summary>FatContext.BuildRemoteData: a call over a transport of the application's own.</summary>
    public static bool IsBegun(IMethodSymbol method) => method.Name == "BuildRemoteData" && FatSymbols.IsNamed(method.ContainingType, "Fat.FatContext");

    /// <summary>A member of an interface that Refit or RestEase implements.</summary>
    public static bool IsDeclared(IMethodSymbol method) =>
        method.ContainingType?.TypeKind == TypeKind.Interface
        && method.GetAttributes().Any(attribute => ClientAttributes.Any(name => FatSymbols.Derives(attribute.AttributeClass, name)));

    /// <summary>A class that is given an HttpClient when it is made.</summary>
    public static bool IsTypedClient(INamedTypeSymbol? type, FatSymbols symbols) =>
        type is { TypeKind: TypeKind.Class } && !IsClient(type, symbols)
        && type.InstanceConstructors.Any(constructor => constructor.Parameters.Any(parameter => FatSymbols.Same(parameter.Type, symbols.HttpClient)));

    /// <summary>HttpClient or what derives from it.</summary>
    public static bool IsClient(ITypeSymbol? type, FatSymbols symbols)
    {
        for (var ancestor = type; ancestor is not null; ancestor = ancestor.BaseType)
        {
            if (FatSymbols.Same(ancestor, symbols.HttpMessageInvoker))
                return true;
        }

        return false;
    }

    private static bool IsTyped(IInvocationOperation call, FatSymbols symbols)
    {
        var type = call.TargetMethod.ContainingType;

        // What a class that has a client calls on itself need not be a call to elsewhere.
        if (call.TargetMethod.IsStatic || call.Instance is null or IInstanceReferenceOperation)
            return false;
        if (type.TypeKind != TypeKind.Interface)
            return IsTypedClient(type, symbols);
        var implementing = symbols.Source.Implementing(type).ToList();
        return implementing.Count > 0 && implementing.TrueForAll(implementation => IsTypedClient(implementation, symbols));
    }

    private static bool IsSynchronousSend(IMethodSymbol method, FatSymbols symbols) => method.Name == "Send" && IsClient(method.ContainingType, symbols);

    private static bool IsGrpc(IMethodSymbol method) =>
        FatSymbols.Derives(method.ContainingType, "Grpc.Core.ClientBase") && method.ReturnType.ContainingNamespace?.ToDisplayString() == "Grpc.Core";
}
