using System.Data.Common;

namespace Fat.Testing.Data;

/// <summary>What a database's driver throws: with a state when the server refused, without one when the connection is lost.</summary>
internal sealed class MemoryDbException(string? state, string message, Exception? inner = null) : DbException(message, inner)
{
    public const string LockTimeout = "55P03";
    public const string DuplicateKey = "23505";
    public const string UnknownPrepared = "42704";
    public const string FailedTransaction = "25P02";
    public const string ReadOnly = "25006";
    public const string Refused = "P0001";
    public const string Internal = "XX000";

    public override string? SqlState => state;

    public static MemoryDbException Lost(string why) => new(null, why);
}
