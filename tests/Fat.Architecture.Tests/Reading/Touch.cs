namespace Fat.Architecture.Tests.Reading;

/// <summary>One reference from a type to another, found in metadata or in a method body.</summary>
/// <param name="From">The type that refers: the outermost one, so that closures and state machines count for their owner.</param>
/// <param name="Place">The member of it that refers, or null for the type's own declaration.</param>
/// <param name="To">The type that is referred to, also the outermost one.</param>
/// <param name="Member">The member that is used, or null when only the type is named.</param>
internal sealed record Touch(TypeName From, string? Place, TypeName To, string? Member)
{
    public override string ToString() =>
        $"{From.FullName}{(Place is null ? string.Empty : "." + Place)} touches {To.FullName}{(Member is null ? string.Empty : "." + Member)} ({To.Assembly})";
}

/// <summary>A type by where it stands.</summary>
internal sealed record TypeName(string Assembly, string Namespace, string Name)
{
    public string FullName => Namespace.Length == 0 ? Name : $"{Namespace}.{Name}";
}
