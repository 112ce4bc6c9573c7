using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers.Counting;

/// <summary>How many requests a method of a typed client sends, read from its text: the names of its HttpClient are known, and its own methods are followed.</summary>
internal static class TypedClientSource
{
    private const int Deepest = 4;

    private static readonly CallRange Any = new(0, CallRange.Unlimited);

    public static CallRange Requests(IMethodSymbol method, FatSymbols symbols, CancellationToken cancellationToken)
    {
        if (method.DeclaringSyntaxReferences.IsEmpty || method.ContainingType is not { TypeKind: TypeKind.Class } type || !IsAlone(type, symbols))
            return Any;
        var names = new HashSet<string>(
            type.InstanceConstructors.SelectMany(constructor => constructor.Parameters).Where(parameter => FatSymbols.Same(parameter.Type, symbols.HttpClient)).Select(parameter => parameter.Name)
                .Concat(type.GetMembers().Where(member => member is IFieldSymbol { Type: { } field } && FatSymbols.Same(field, symbols.HttpClient)
                    || member is IPropertySymbol { Type: { } property } && FatSymbols.Same(property, symbols.HttpClient)).Select(member => member.Name)),
            StringComparer.Ordinal);
        var counted = Of(method, names, Deepest, cancellationToken);
        return counted.Most == 0 ? Any : counted;
    }

    /// <summary>Whatever else it is given is of the framework, so that nothing else can send.</summary>
    private static bool IsAlone(INamedTypeSymbol type, FatSymbols symbols) => type.InstanceConstructors.SelectMany(constructor => constructor.Parameters).All(parameter =>
        FatSymbols.Same(parameter.Type, symbols.HttpClient) || FatSymbols.Same(parameter.Type, type)
        || (InertTypes.IsOfTheFramework(parameter.Type.ContainingAssembly) && parameter.Type.TypeKind != TypeKind.Delegate && parameter.Type.Name is not ("IServiceProvider" or "IHttpClientFactory")));

    private static CallRange Of(IMethodSymbol method, HashSet<string> clients, int depth, CancellationToken cancellationToken)
    {
        if (depth == 0 || method.DeclaringSyntaxReferences.Length != 1)
            return Any;
        var declaration = method.DeclaringSyntaxReferences[0].GetSyntax(cancellationToken);
        var found = new CallRange(0, 0);
        foreach (var name in declaration.DescendantNodes().OfType<SimpleNameSyntax>())
        {
            var own = name is IdentifierNameSyntax or GenericNameSyntax && IsCalled(name) ? method.ContainingType.GetMembers(name.Identifier.ValueText).OfType<IMethodSymbol>().ToList() : [];
            if (own.Count > 1)
                return Any;
            if (own.Count == 1)
                found = found.Plus(AsOften(name, declaration, Of(own[0], clients, depth - 1, cancellationToken)));
            else if (clients.Contains(name.Identifier.ValueText) && !IsMember(name))
                found = found.Plus(IsSent(name) ? AsOften(name, declaration, new CallRange(1, 1)) : IsAsked(name) ? new CallRange(0, 0) : Any);
        }

        // A return further up passes what stands below it by.
        return declaration.DescendantNodes().OfType<ReturnStatementSyntax>().Any(ending => IsConditional(ending, declaration)) ? new CallRange(0, found.Most) : found;
    }

    private static CallRange AsOften(SyntaxNode node, SyntaxNode declaration, CallRange once) =>
        IsRepeated(node, declaration) ? once.Repeated() : IsConditional(node, declaration) ? new CallRange(0, once.Most) : once;

    private static bool IsRepeated(SyntaxNode node, SyntaxNode declaration) => Between(node, declaration).Any(ancestor =>
        ancestor is ForStatementSyntax or CommonForEachStatementSyntax or WhileStatementSyntax or DoStatementSyntax or AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or QueryExpressionSyntax
            or GotoStatementSyntax);

    private static bool IsConditional(SyntaxNode node, SyntaxNode declaration) => Between(node, declaration).Any(ancestor =>
        ancestor is IfStatementSyntax or ElseClauseSyntax or ConditionalExpressionSyntax or SwitchSectionSyntax or SwitchExpressionArmSyntax or CatchClauseSyntax or ConditionalAccessExpressionSyntax
        || ancestor.IsKind(SyntaxKind.CoalesceExpression) || ancestor.IsKind(SyntaxKind.LogicalAndExpression) || ancestor.IsKind(SyntaxKind.LogicalOrExpression)
        || ancestor.IsKind(SyntaxKind.CoalesceAssignmentExpression)) || IsRepeated(node, declaration);

    private static IEnumerable<SyntaxNode> Between(SyntaxNode node, SyntaxNode declaration) => node.Ancestors().TakeWhile(ancestor => ancestor != declaration);

    /// <summary>Called by its name alone, or on this.</summary>
    private static bool IsCalled(SimpleNameSyntax name) => name.Parent is InvocationExpressionSyntax call && call.Expression == name
        || name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax, Parent: InvocationExpressionSyntax } access && access.Name == name;

    /// <summary>A member of something else has the same name.</summary>
    private static bool IsMember(SimpleNameSyntax name) =>
        name.Parent is MemberAccessExpressionSyntax access && access.Name == name && access.Expression is not ThisExpressionSyntax || name.Parent is MemberBindingExpressionSyntax or NameColonSyntax or NameEqualsSyntax;

    private static bool IsSent(SimpleNameSyntax name) => Accessed(name) is { Parent: InvocationExpressionSyntax } access && access.Name.Identifier.ValueText is not ("Dispose" or "CancelPendingRequests");

    /// <summary>A property of it, such as its base address.</summary>
    private static bool IsAsked(SimpleNameSyntax name) => Accessed(name) is not null;

    private static MemberAccessExpressionSyntax? Accessed(SimpleNameSyntax name)
    {
        var client = name.Parent is MemberAccessExpressionSyntax { Expression: ThisExpressionSyntax } self ? (ExpressionSyntax)self : name;
        return client.Parent is MemberAccessExpressionSyntax access && access.Expression == client ? access : null;
    }
}
