using Microsoft.CodeAnalysis;

namespace Fat.Analyzers;

/// <summary>
/// What is reported. Error is for what fails or does nothing in every run; a warning is for what is wrong unless there is a reason that the code does not show.
/// </summary>
internal static class Rules
{
    public const string NotIntercepted = "FAT001";
    public const string EndpointTransaction = "FAT002";
    public const string RemoteCallInTransaction = "FAT003";
    public const string WorkBeside = "FAT004";
    public const string WrongCount = "FAT005";
    public const string NotPropagated = "FAT006";
    public const string SelfCall = "FAT007";
    public const string ScopelessEndpoint = "FAT008";

    private const string Category = "Fat";
    private const string Document = "docs/analyzers.md";

    public static readonly DiagnosticDescriptor NotInterceptedRule = new DiagnosticDescriptor(
        NotIntercepted,
        "A marked method that no proxy can intercept",
        "'{0}' cannot be intercepted: {1}",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        "The attributes work through a proxy. A method that the proxy cannot override or carry over is refused at start-up, or runs without its transaction.",
        Document + "#fat001");

    public static readonly DiagnosticDescriptor EndpointTransactionRule = new DiagnosticDescriptor(
        EndpointTransaction,
        "[FatTransaction] on an endpoint",
        "'{0}' is {1}, which is not called through a proxy: keep [FatServiceRegister] here, and put [FatTransaction] on a method of a service registered with AddTransactional",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        "Endpoints are called by ASP.NET Core itself, so [FatTransaction] on them is refused at start-up or with the first request, or runs without a transaction.",
        Document + "#fat002");

    public static readonly DiagnosticDescriptor RemoteCallInTransactionRule = new DiagnosticDescriptor(
        RemoteCallInTransaction,
        "A remote call inside a [FatTransaction] method",
        "'{0}' calls another process inside the [FatTransaction] method '{1}', which holds its row locks meanwhile: make the call in the scope, before it",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Rows that the transaction has written stay locked for as long as the other process takes to answer.",
        Document + "#fat003");

    public static readonly DiagnosticDescriptor WorkBesideRule = new DiagnosticDescriptor(
        WorkBeside,
        "Work that runs beside a [FatTransaction] method",
        "{0} inside the [FatTransaction] method '{1}': {2}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "What is not awaited may still run when the transaction prepares, on a connection that is not made for two at a time.",
        Document + "#fat004");

    public static readonly DiagnosticDescriptor WrongCountRule = new DiagnosticDescriptor(
        WrongCount,
        "A declared count that contradicts the method",
        "{0} declares {1}, and the code makes {2}: the group would roll back",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Declared counts are enforced: a scope that ends with another number rolls its group back.",
        Document + "#fat005");

    public static readonly DiagnosticDescriptor NotPropagatedRule = new DiagnosticDescriptor(
        NotPropagated,
        "A client of a marked method that does not carry the group",
        "'{0}' is used by a marked method or endpoint and does not carry the group, so what it calls commits by itself: append AddFatPropagation() if it calls a service of your own",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Without AddFatPropagation() the called service does not take part: it commits even when the group rolls back.",
        Document + "#fat006");

    public static readonly DiagnosticDescriptor SelfCallRule = new DiagnosticDescriptor(
        SelfCall,
        "A call that passes the proxy by",
        "'{0}' is called on this object itself and not through its proxy, so it runs without its {1}",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A proxy that stands before an object does not see the calls that the object makes on itself.",
        Document + "#fat007");

    public static readonly DiagnosticDescriptor ScopelessEndpointRule = new DiagnosticDescriptor(
        ScopelessEndpoint,
        "[FatServiceRegister] on an endpoint of an application without UseFat()",
        "'{0}' begins no scope, because nothing in this application calls app.UseFat(): what it calls commits by itself, and groups that call it roll back",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "The middleware that app.UseFat() adds begins the scopes of endpoints. Without it the attribute does nothing there.",
        Document + "#fat008");
}
