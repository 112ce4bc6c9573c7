namespace Fat.Protocol;

/// <summary>The one fact that ends a group.</summary>
internal enum Decision
{
    Committed,
    RolledBack,
}
