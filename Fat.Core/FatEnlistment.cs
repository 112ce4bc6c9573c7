namespace Fat;

/// <summary>How connections come into a branch's transaction.</summary>
public enum FatEnlistment
{
    /// <summary>
    /// Fat opens the connection, begins the transaction, and lends both to the DbContext of the method's DI scope. The fast
    /// way: every round trip is asynchronous. A connection that the method opens by itself is not part of the transaction.
    /// </summary>
    Direct,

    /// <summary>
    /// The method runs inside a <see cref="System.Transactions.TransactionScope"/>; every connection with the same connection
    /// string that is opened in it is enlisted, whoever opens it, one at a time.
    /// </summary>
    Ambient,
}
