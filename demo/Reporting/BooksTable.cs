using Demo.Shop;

namespace Demo.Reporting;

/// <summary>Prints what every database held before and after, side by side.</summary>
internal static class BooksTable
{
    private const int MostNamed = 3;

    public static IEnumerable<string> Lines(Books before, Books after)
    {
        (string Database, string Before, string After)[] rows =
        [
            ("database", "before", "after"),
            ("orders", Orders(before), Orders(after)),
            ("stock", Stock(before), Stock(after)),
            ("accounts", Accounts(before), Accounts(after)),
        ];
        var width = rows.Max(row => row.Before.Length) + 3;
        return rows.Select(row => $"{row.Database,-11}{row.Before.PadRight(width)}{row.After}");
    }

    private static string Orders(Books books) => Rows(books.Orders, "order", $"worth {books.Orders.Sum:0.00}");

    private static string Stock(Books books) =>
        $"{Levels(books.Items, "items with", "0")}; {Rows(books.Reservations, "reservation", $"of {books.Reservations.Sum:0}")}";

    private static string Accounts(Books books) =>
        $"{Levels(books.Balances, "accounts with", "0.00")}; {Rows(books.Payments, "payment", $"of {books.Payments.Sum:0.00}")}";

    private static string Levels(IReadOnlyDictionary<string, decimal> levels, string many, string format) => levels.Count <= MostNamed
        ? string.Join(", ", levels.Select(level => $"{level.Key} {level.Value.ToString(format)}"))
        : $"{levels.Count} {many} {levels.Values.Sum().ToString(format)}";

    private static string Rows(Total total, string what, string sum) => total.Count switch
    {
        0 => $"no {what}s",
        1 => $"1 {what} {sum}",
        _ => $"{total.Count} {what}s {sum}",
    };
}
