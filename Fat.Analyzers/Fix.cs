namespace Fat.Analyzers;

/// <summary>What a diagnostic tells the code fixes: which change is safe, by property.</summary>
internal static class Fix
{
    /// <summary>The name of the property that says which change.</summary>
    public const string Kind = "fix";

    /// <summary>The property with the right number.</summary>
    public const string Number = "number";

    public const string MakeVirtual = "virtual";
    public const string MakeProtectedVirtual = "protected virtual";
    public const string Unseal = "unseal";
    public const string ReturnTask = "task";
    public const string RemoveReplay = "replay";
    public const string Await = "await";
    public const string SetCount = "count";
    public const string Propagate = "propagate";
}
