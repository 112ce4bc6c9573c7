namespace Fat.Testing.Data;

/// <summary>A row of a table, there or not: what is locked.</summary>
internal readonly record struct RowKey(string Table, object Key)
{
    public override string ToString() => $"row '{Key}' of '{Table}'";
}
