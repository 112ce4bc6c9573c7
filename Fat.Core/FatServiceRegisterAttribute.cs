namespace Fat;

/// <summary>
/// Makes one execution of a method or endpoint a scope of a distributed transaction. The first scope of a group is its
/// root: when it ends, the group commits everywhere or rolls back everywhere. A scope entered through a call of another
/// Fat service joins the caller's group.
/// </summary>
/// <remarks>
/// Works on MVC actions, classes of page models and minimal-API handlers (through <c>app.UseFat()</c>) and on any method of a service that was
/// registered with <see cref="IFatBuilder.AddTransactional{TService, TImplementation}"/>.
/// </remarks>
[AttributeUsage(AttributeTargets.Method | AttributeTargets.Class, Inherited = true)]
public sealed class FatServiceRegisterAttribute : Attribute
{
    /// <summary>A count that is not declared, and so not enforced.</summary>
    public const int NotDeclared = -1;

    /// <summary>
    /// How many calls to other Fat services this scope makes itself: A→B and A→C is 2 in A; A→B twice is 2; in A→B→C it is
    /// 1 in A, 1 in B, 0 in C. Default: not declared. A different number at the end of the scope rolls the group back.
    /// </summary>
    public int ServiceCount { get; set; } = NotDeclared;

    /// <summary>
    /// How many local transactions (executions of <see cref="FatTransactionAttribute"/> methods) this scope runs itself.
    /// Default: not declared. A different number at the end of the scope rolls the group back.
    /// </summary>
    public int LocalTransactionCount { get; set; } = NotDeclared;

    /// <summary>When this scope answers a calling service. Default: <c>Fat:Answer</c>. Ignored in a root.</summary>
    public FatAnswer Answer { get; set; }

    /// <summary>
    /// The longest life of a group that this scope begins, in milliseconds; past it the group rolls back.
    /// Default 0: <c>Fat:GroupTimeout</c>. At most one hour. Ignored in a child, which takes the time its caller has left.
    /// </summary>
    public int TimeoutMilliseconds { get; set; }
}
