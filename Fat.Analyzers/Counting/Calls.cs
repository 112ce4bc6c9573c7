using System.Runtime.InteropServices;

namespace Fat.Analyzers.Counting;

/// <summary>The two kinds of calls that a scope may declare.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct Calls(CallRange services, CallRange transactions)
{
    public static readonly Calls None = new(new CallRange(0, 0), new CallRange(0, 0));

    /// <summary>Code that is not seen: nothing is certain but that it takes nothing back.</summary>
    public static readonly Calls Unknown = new(new CallRange(0, CallRange.Unlimited), new CallRange(0, CallRange.Unlimited));

    public CallRange Services => services;

    public CallRange Transactions => transactions;

    public Calls Plus(Calls other) => new(services.Plus(other.Services), transactions.Plus(other.Transactions));

    public Calls Or(Calls other) => new(services.Or(other.Services), transactions.Or(other.Transactions));

    public Calls Repeated() => new(services.Repeated(), transactions.Repeated());

    /// <summary>What is certain of both, where either may have happened; null is a way that does not go on.</summary>
    public static Calls? Either(Calls? one, Calls? other) => one is null ? other : other is null ? one : one.Value.Or(other.Value);
}
