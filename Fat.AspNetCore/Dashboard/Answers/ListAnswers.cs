namespace Fat.AspNetCore.Dashboard;

/// <summary>A whole list.</summary>
internal sealed record AllAnswer<T>(IReadOnlyList<T> Items);

/// <summary>A part of a list, and the sources that are missing in it.</summary>
internal sealed record PartAnswer<T>(IReadOnlyList<T> Items, bool HasMore, IReadOnlyList<string> Unreachable)
{
    public static PartAnswer<T> Of<TItem>(FatList<TItem> list, Func<TItem, T> shown) => new([.. list.Items.Select(shown)], list.HasMore, [.. list.Unreachable]);
}
