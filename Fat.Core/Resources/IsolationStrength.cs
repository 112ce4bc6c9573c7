using System.Data;

namespace Fat.Resources;

/// <summary>Which isolation level promises more. The numbers of <see cref="IsolationLevel"/> do not tell: that of Snapshot is the highest.</summary>
internal static class IsolationStrength
{
    /// <summary>Whether one level promises what the other does not. Nothing is asked for with <see cref="IsolationLevel.Unspecified"/>.</summary>
    public static bool IsAbove(IsolationLevel asked, IsolationLevel begun) => Of(asked) > Of(begun);

    private static int Of(IsolationLevel level) => level switch
    {
        IsolationLevel.ReadUncommitted => 1,
        IsolationLevel.ReadCommitted => 2,

        // Neither includes the other everywhere; on PostgreSQL they are the same.
        IsolationLevel.RepeatableRead or IsolationLevel.Snapshot => 3,
        IsolationLevel.Serializable => 4,
        _ => 0,
    };
}
