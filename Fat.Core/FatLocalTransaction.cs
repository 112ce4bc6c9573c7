using System.Data.Common;

namespace Fat;

/// <summary>
/// The database transaction that the current code runs in, inside a <c>[FatTransaction]</c> method on a database with
/// <see cref="FatEnlistment.Direct"/> enlistment: for Dapper or raw commands beside, or instead of, the DbContext.
/// </summary>
public sealed class FatLocalTransaction
{
    private static readonly AsyncLocal<FatLocalTransaction?> Flowing = new();

    private FatLocalTransaction(DbConnection connection, DbTransaction transaction, string database)
    {
        Connection = connection;
        Transaction = transaction;
        Database = database;
    }

    /// <summary>The transaction of the innermost running <c>[FatTransaction]</c> method; null outside of one, and where that is on an <see cref="FatEnlistment.Ambient"/> database.</summary>
    public static FatLocalTransaction? Current => Flowing.Value;

    /// <summary>The open connection. Fat closes it.</summary>
    public DbConnection Connection { get; }

    /// <summary>The transaction. Fat ends it.</summary>
    public DbTransaction Transaction { get; }

    /// <summary>The database's name, as registered.</summary>
    public string Database { get; }

    internal static Restorer Enter(DbConnection connection, DbTransaction transaction, string database)
    {
        var outer = Flowing.Value;
        Flowing.Value = new FatLocalTransaction(connection, transaction, database);
        return new Restorer(outer);
    }

    /// <summary>A method begins whose connections Fat does not open.</summary>
    internal static Restorer Leave()
    {
        var outer = Flowing.Value;
        Flowing.Value = null;
        return new Restorer(outer);
    }

    internal readonly struct Restorer(FatLocalTransaction? outer) : IDisposable
    {
        public void Dispose() => Flowing.Value = outer;
    }
}
