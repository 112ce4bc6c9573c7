using System.Data.Common;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fat;

/// <summary>
/// A message that is being made (<see cref="IFatMessages.New"/>): its branches, then one call of <c>DoAndSubmitAsync</c> or <c>SubmitAsync</c>. Not thread-safe; used once.
/// </summary>
public abstract class FatMessage
{
    private protected FatMessage()
    {
    }

    /// <summary>The message's id.</summary>
    public abstract string Gid { get; }

    /// <summary>
    /// Adds a call of another service: a POST with the body as JSON, or a GET without one, retried until it succeeds. The address gets the query fields <c>gid</c>, <c>trans_type=msg</c>,
    /// <c>branch_id</c> and <c>op=action</c>, of which the service makes a <see cref="FatBarrier"/>. 2xx has succeeded; 425 means that it is still being worked on, and is asked again after the same pause; anything else is
    /// tried again after pauses that double (<see cref="FatMessageOptions.RetryInterval"/>). Nothing is compensated.
    /// </summary>
    /// <param name="service">The service's name (<see cref="FatMessageOptions.Services"/>).</param>
    /// <param name="path">The path, and a query if need be.</param>
    /// <param name="body">What is sent as JSON, or null.</param>
    /// <exception cref="ArgumentException">The name is empty, or the path makes no address of http or https.</exception>
    public abstract FatMessage Call(string service, string path, object? body = null);

    /// <summary>Adds a call of an address, as <see cref="Call(string, string, object?)"/>.</summary>
    /// <param name="address">An absolute address of http or https.</param>
    /// <param name="body">What is sent as JSON, or null.</param>
    /// <exception cref="ArgumentException">The address is another one.</exception>
    public abstract FatMessage Call(Uri address, object? body = null);

    /// <summary>
    /// Adds a delivery to every group that subscribes to a topic (<see cref="FatSubscribeAttribute"/>). Groups that subscribe for the first time get messages from one second later on, at the latest.
    /// </summary>
    /// <param name="topic">The topic: 1 to 40 of <c>A-Za-z0-9._-</c>.</param>
    /// <param name="message">What is delivered, as JSON.</param>
    /// <param name="key">
    /// Deliveries of one topic and one key are handled one at a time and in the order in which their submissions reached Redis; one that has failed for good lets the next one go. At most 128 characters. Default: no order.
    /// </param>
    /// <typeparam name="T">The message's type.</typeparam>
    public abstract FatMessage Publish<T>(string topic, T message, string? key = null);

    /// <summary>Lets the branches begin only when so much time has gone by since the message was submitted.</summary>
    /// <param name="delay">The time, in whole milliseconds; not negative, and ten years (3,650 days) at most.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is negative or longer.</exception>
    public abstract FatMessage Delay(TimeSpan delay);

    /// <summary>Makes the calls at the same time. Otherwise each one begins when the one before has succeeded; deliveries never wait for calls.</summary>
    public abstract FatMessage Concurrent();

    /// <summary>Adds a header to each call. One of the body, as <c>Content-Type</c>, takes the place of that of JSON, and calls without a body go without it.</summary>
    /// <param name="name">The name: one that a request can have, but for <c>Content-Length</c> and <c>Transfer-Encoding</c>, which follow from the body.</param>
    /// <param name="value">The value: visible ASCII characters and spaces.</param>
    /// <exception cref="ArgumentException">It could not be sent: the name or the value is not as said above.</exception>
    public abstract FatMessage Header(string name, string value);

    /// <summary>Sets the pause after the first failure of a call (<see cref="FatMessageOptions.RetryInterval"/>).</summary>
    /// <param name="interval">The pause, in whole milliseconds; 1 at least, and ten years (3,650 days) at most. One that is longer than <see cref="FatMessageOptions.RetryLimit"/> stays what it is.</param>
    /// <exception cref="ArgumentOutOfRangeException">It is shorter or longer.</exception>
    public abstract FatMessage RetryEvery(TimeSpan interval);

    /// <summary>
    /// Does the local work in a transaction, in which the message is stored as well, and submits the message when that is committed. Inside a <c>[FatTransaction]</c> method on the same database it is that
    /// method's transaction, and the message is submitted only if the group commits.
    /// </summary>
    /// <param name="db">A context of a database that was declared with <see cref="IFatBuilder.AddDbContext{TContext}"/>, whose <c>SaveChanges</c> the work calls by itself.</param>
    /// <param name="work">The work; what it throws rolls back, cancels the message, and is thrown on.</param>
    /// <param name="cancellationToken">Cancels what is done before the commit.</param>
    /// <exception cref="FatConfigurationException">The context is not declared, or its connection goes to another database than the declared one, or to one that cannot have messages; nothing was done.</exception>
    /// <exception cref="FatMessageRefusedException">The message is not taken; nothing was done.</exception>
    /// <exception cref="InvalidOperationException">It would begin a transaction of its own inside of a group's <c>[FatTransaction]</c> method on the same database, or inside of another transaction; nothing was done.</exception>
    /// <exception cref="FatInDoubtException">The answer of the COMMIT was lost and the database cannot be asked now: both have happened, or none. Recovery finds out.</exception>
    public abstract Task DoAndSubmitAsync(DbContext db, Func<IDbContextTransaction, Task> work, CancellationToken cancellationToken = default);

    /// <summary>As <see cref="DoAndSubmitAsync(DbContext, Func{IDbContextTransaction, Task}, CancellationToken)"/>, on a connection.</summary>
    /// <param name="db">A connection of a database that was declared with <see cref="IFatBuilder.AddDatabase(string, Func{DbConnection}, Action{FatDatabaseOptions}?)"/>; opened, and closed again, when it is closed.</param>
    /// <param name="work">The work; its commands belong to the transaction.</param>
    /// <param name="cancellationToken">Cancels what is done before the commit.</param>
    /// <exception cref="FatConfigurationException">The connection goes to another database than those that are declared, or to one that cannot have messages; nothing was done.</exception>
    /// <exception cref="FatMessageRefusedException">The message is not taken; nothing was done.</exception>
    /// <exception cref="InvalidOperationException">It would begin a transaction of its own inside of a group's <c>[FatTransaction]</c> method on the same database, or inside of another transaction; nothing was done.</exception>
    /// <exception cref="FatInDoubtException">The answer of the COMMIT was lost and the database cannot be asked now: both have happened, or none. Recovery finds out.</exception>
    public abstract Task DoAndSubmitAsync(DbConnection db, Func<DbTransaction, Task> work, CancellationToken cancellationToken = default);

    /// <summary>
    /// Inside a <c>[FatTransaction]</c> method: stores the message in its transaction; it is submitted only if the group commits. Elsewhere: stores it in a transaction of its own, in the service's default database, and submits it.
    /// </summary>
    /// <param name="cancellationToken">Cancels what is done before the commit.</param>
    /// <exception cref="FatMessageRefusedException">The message is not taken.</exception>
    /// <exception cref="FatInDoubtException">The answer of the COMMIT was lost and the database cannot be asked now: it is stored and is submitted, or it is not. Recovery finds out.</exception>
    public abstract Task SubmitAsync(CancellationToken cancellationToken = default);
}
