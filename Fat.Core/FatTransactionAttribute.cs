using System.Data;

namespace Fat;

/// <summary>
/// Makes each execution of a method one local database transaction. Inside a <see cref="FatServiceRegisterAttribute"/>
/// scope it is a branch of the scope's group and commits if and only if the whole group does; outside it is an ordinary
/// local transaction. Called from within another <c>[FatTransaction]</c> method on the same database, it joins that one's
/// transaction.
/// </summary>
/// <remarks>
/// For methods of services registered with <see cref="IFatBuilder.AddTransactional{TService, TImplementation}"/>: interface
/// members, or virtual members of a class. A <see cref="CancellationToken"/> parameter is cancelled when the branch times
/// out or the group is aborted.
/// </remarks>
[AttributeUsage(AttributeTargets.Method, Inherited = true)]
public sealed class FatTransactionAttribute : Attribute
{
    /// <summary>
    /// How long the caller waits for the business result, in milliseconds; past it the branch is cancelled and the group
    /// rolls back. Default 0: <c>Fat:WaitResult</c> (3 s).
    /// </summary>
    public int WaitResultMilliseconds { get; set; }

    /// <summary>
    /// How long this branch waits for the group's decision before it asks for one, in milliseconds. A voted branch never
    /// decides alone. Default 0: <c>Fat:WaitCommit</c> (3 s).
    /// </summary>
    public int WaitCommitMilliseconds { get; set; }

    /// <summary>The name of the database, as registered. Default: the default database of the service.</summary>
    public string? Database { get; set; }

    /// <summary>
    /// The isolation level of the local transaction. Default: what the driver begins with, which on PostgreSQL (Npgsql) is read committed whatever the server's default is, and read committed with
    /// <see cref="FatEnlistment.Ambient"/> enlistment. A method that joins a transaction that was begun with less is refused with a <see cref="FatConfigurationException"/>; one that
    /// asks for none joins any. On PostgreSQL a <see cref="IsolationLevel.Serializable"/> branch that has written cannot be held, unless it carries the decision.
    /// </summary>
    public IsolationLevel IsolationLevel { get; set; } = IsolationLevel.Unspecified;

    /// <summary>
    /// Whether calls of one group share a transaction where they reach the same process and database. The method must then
    /// ask for no higher isolation level than the first that worked in it. Default: <c>Fat:Join</c> (<see cref="FatJoin.None"/>).
    /// </summary>
    public FatJoin Join { get; set; }

    /// <summary>
    /// The method only reads: the branch takes no part in the commit. PostgreSQL refuses writes in it, and so does MySQL where the
    /// database is <see cref="FatEnlistment.Direct"/>; other databases do not refuse them. The same holds for what joins its transaction.
    /// </summary>
    public bool ReadOnly { get; set; }

    /// <summary>
    /// The method may be run again, by any process of the service, when the process of a held branch crashed after its group was
    /// committed: with the same arguments, in a new transaction and a new DI scope, as often as needed until one run commits, which none did
    /// before. So its work on the database is done exactly once. Whatever else it does may happen more than once; in a replay it can neither call
    /// other services of a group nor begin a transaction on another database, and there is no request around it: no HttpContext, no user, no culture of
    /// the caller. What it needs of these is an argument. So is what others keep of its work: its caller and other services of the group have what the first run returned,
    /// and a replay commits whatever it does now, with another generated key, <see cref="Guid.NewGuid"/> or time. Its arguments have to be the same when they are written as JSON
    /// and read back (cancellation tokens are left out): a branch whose arguments are not, or are too large (<see cref="FatOptions.JournalLimit"/>), fails
    /// before it votes. So does one with arguments that hold, at whatever depth, a class that stands for its base (unless that has
    /// <see cref="System.Text.Json.Serialization.JsonDerivedTypeAttribute"/>), a sequence that is no collection in memory (which is not enumerated before the
    /// method does), a task, a <see cref="Lazy{T}"/> or a stream. What is declared as <see cref="object"/> comes back as a
    /// <see cref="System.Text.Json.JsonElement"/>. A type's own JSON converter, its getters, and a collection that loads itself are trusted. Not for generic methods.
    /// No effect on durable branches. Default: false.
    /// </summary>
    public bool Replay { get; set; }
}
