using System.Reflection;
using System.Transactions;

namespace Fat.Resources;

/// <summary>
/// How many connections are enlisted in a transaction. System.Transactions does not tell, and PREPARE TRANSACTION covers one
/// connection only: what a second one wrote would silently be rolled back. So its fields are read; where they are not as
/// expected (another runtime), the count is one and the check is off.
/// </summary>
internal static class EnlistmentCount
{
    private const BindingFlags Instance = BindingFlags.NonPublic | BindingFlags.Instance;

    private static readonly FieldInfo? Inner = typeof(Transaction).GetField("_internalTransaction", Instance);
    private static readonly FieldInfo? Volatiles = Inner?.FieldType.GetField("_phase1Volatiles", Instance);
    private static readonly FieldInfo? Count = Volatiles?.FieldType.GetField("_volatileEnlistmentCount", Instance);

    /// <summary>Of a driver that would promote the transaction for a second connection, such as MySql.Data; there is one at most.</summary>
    private static readonly FieldInfo? Durable = Inner?.FieldType.GetField("_durableEnlistment", Instance);

    /// <summary>Whether the runtime's fields are as expected.</summary>
    public static bool IsKnown => Count is not null && Durable is not null;

    public static int Of(Transaction transaction)
    {
        if (!IsKnown)
            return 1;
        var inner = Inner!.GetValue(transaction);
        var durable = Durable!.GetValue(inner) is null ? 0 : 1;
        var count = Volatiles!.GetValue(inner) is { } volatiles ? (int)Count!.GetValue(volatiles)! + durable : durable;

        // What has enlisted with the coordinator of the operating system is not among them.
        return count == 0 && transaction.TransactionInformation.DistributedIdentifier != Guid.Empty ? 1 : count;
    }
}
