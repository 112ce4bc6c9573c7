using System.Data.Common;

namespace Fat.Dialects;

/// <summary>The server's error numbers. The drivers agree on a property, not on a type; SQLSTATE is too coarse: 23000 is every constraint.</summary>
internal static class MySqlErrors
{
    public const int TooManyConnections = 1040;
    public const int Duplicate = 1062;
    public const int TooManyConnectionsOfUser = 1203;
    public const int LockTimeout = 1205;
    public const int Deadlock = 1213;
    public const int ServerIsReadOnly = 1290;
    public const int NoSuchSavepoint = 1305;
    public const int StatementLogging = 1665;
    public const int TransactionIsReadOnly = 1792;

    /// <summary>
    /// What the server or the driver says when the connection or the server goes, when a statement is killed, and when a COMMIT runs into
    /// trouble of the log or of replication: the commit may have happened.
    /// </summary>
    private static readonly HashSet<int> Doubtful =
    [
        1026, 1030, 1042, 1043, 1047, 1053, 1077, 1078, 1079, 1105, 1152, 1153, 1154, 1155, 1156, 1157, 1158, 1159, 1160, 1161, 1180, 1181, 1184, 1317,
        1927, 1969, 3024, 3100, 3169, 4031,
    ];

    /// <summary>0 when the driver does not tell one.</summary>
    public static int Number(DbException exception) => exception.GetType().GetProperty("Number")?.GetValue(exception) is int number ? number : 0;

    // Servers' errors are 1000 to 1999 and from 3000 on; drivers' own are 2000 to 2999 and below 1000.
    public static bool IsRefusal(DbException exception) =>
        Number(exception) is var number and (>= 1000 and < 2000 or >= 3000) && !Doubtful.Contains(number);
}
