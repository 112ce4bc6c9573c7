namespace Fat.Testing.Data;

/// <summary>What becomes of a row.</summary>
/// <param name="Kind">What is done.</param>
/// <param name="Value">The new value of a row that is written.</param>
internal readonly record struct Change(ChangeKind Kind, object? Value = null)
{
    public static Change None => new(ChangeKind.None);

    public static Change Removal => new(ChangeKind.Remove);

    public static Change To(object? value) => new(ChangeKind.Write, value);
}

internal enum ChangeKind
{
    None,
    Write,
    Remove,
}
