using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Fat.Analyzers;

/// <summary>
/// Which clients a compilation registers with AddFatPropagation, and which types its marked methods are given. Registration and use stand in different files, so this is read from
/// names alone, once, and only when a client is registered or counted.
/// </summary>
internal sealed class ClientRegistrations
{
    private readonly HashSet<string> _propagated = new(StringComparer.Ordinal);
    private readonly HashSet<string> _used = new(StringComparer.Ordinal);
    private bool _all;

    private ClientRegistrations()
    {
    }

    /// <summary>The application is set up here: what is not registered here is not registered.</summary>
    public bool AddsFat { get; private set; }

    public static ClientRegistrations Of(Compilation compilation, CancellationToken cancellationToken)
    {
        var found = new ClientRegistrations();
        foreach (var tree in compilation.SyntaxTrees)
        {
            foreach (var node in tree.GetRoot(cancellationToken).DescendantNodes())
            {
                if (node is InvocationExpressionSyntax call)
                    found.Read(call);
                else if (node is AttributeSyntax mark && IsMark(mark))
                    found.Read(mark);
            }
        }

        return found;
    }

    public bool IsPropagated(string client) => _all || _propagated.Contains(client);

    /// <summary>A marked method or endpoint, or the class of one, is given it.</summary>
    public bool IsUsedByMarked(string client) => _used.Contains(client);

    private static bool IsMark(AttributeSyntax mark) =>
        mark.Name.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().LastOrDefault()?.Identifier.ValueText
            is "FatTransaction" or "FatTransactionAttribute" or "FatServiceRegister" or "FatServiceRegisterAttribute";

    private static IEnumerable<string> Names(SyntaxNode? of) => of is null ? [] : of.DescendantNodesAndSelf().OfType<SimpleNameSyntax>().Select(name => name.Identifier.ValueText);

    private void Read(InvocationExpressionSyntax call)
    {
        if (call.Expression is not MemberAccessExpressionSyntax { Name.Identifier.ValueText: { } name } access)
            return;
        if (name == "AddFat")
        {
            AddsFat = true;
        }
        else if (name == "AddFatPropagation" || (name == "AddHttpMessageHandler" && Names(call).Contains("FatPropagationHandler", StringComparer.Ordinal)))
        {
            // A registration that is kept in a variable is not followed: whatever its name, all may be meant.
            var registered = access.Expression.DescendantNodesAndSelf().OfType<GenericNameSyntax>().SelectMany(generic => Names(generic.TypeArgumentList)).ToList();
            _propagated.UnionWith(registered);
            _all |= registered.Count == 0;
        }
    }

    private void Read(AttributeSyntax mark)
    {
        var marked = mark.Parent?.Parent;
        _used.UnionWith(Names(Parameters(marked)));
        if (marked?.FirstAncestorOrSelf<TypeDeclarationSyntax>() is not { } type || marked is LambdaExpressionSyntax or LocalFunctionStatementSyntax)
            return;
        _used.UnionWith(Names(Parameters(type)));
        foreach (var member in type.Members)
        {
            _used.UnionWith(Names(member switch
            {
                ConstructorDeclarationSyntax constructor => constructor.ParameterList,
                FieldDeclarationSyntax field => field.Declaration.Type,
                PropertyDeclarationSyntax property => property.Type,
                MethodDeclarationSyntax method when marked == type => method.ParameterList,
                _ => null,
            }));
        }
    }

    private static ParameterListSyntax? Parameters(SyntaxNode? of) => of?.ChildNodes().OfType<ParameterListSyntax>().FirstOrDefault();
}
