namespace Fat;

/// <summary>A statement with its parameters.</summary>
/// <param name="Text">The text, in which the parameters are named <c>p1</c>, <c>p2</c>, … in the driver's own way.</param>
/// <param name="Parameters">The values, in the order of those names.</param>
public sealed record FatSqlStatement(string Text, IReadOnlyList<object> Parameters);
