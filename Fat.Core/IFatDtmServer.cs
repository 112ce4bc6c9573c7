namespace Fat;

/// <summary>
/// Keeps and drives global transactions as a DTM server does (https://en.dtm.pub/ref/http.html): two-phase messages (<c>msg</c>), sagas (<c>saga</c>) and try-confirm-cancel (<c>tcc</c>). What
/// <c>app.MapFatDtm()</c> of Fat.AspNetCore answers with; added by <see cref="IFatBuilder.AddDtmServer"/>. A singleton; thread-safe.
/// </summary>
/// <remarks>
/// A transaction is stored in the application's default database before a method returns, and is driven by any instance of the service. A method that throws leaves open whether it took effect;
/// each may be repeated. Who may call these methods may make this service call any address: see <c>docs/dtm.md</c>.
/// </remarks>
/// <exception cref="System.Data.Common.DbException">Thrown by every method that stores or reads when the database fails.</exception>
public interface IFatDtmServer
{
    /// <summary>A gid that nobody has: 32 hexadecimal digits, which sort by time (DTM's <c>newGid</c>).</summary>
    string NewGid();

    /// <summary>
    /// Stores a transaction that is to be submitted or aborted later (DTM's <c>prepare</c>). Past its <see cref="FatDtmRequest.TimeoutToFail"/> a message's <see cref="FatDtmRequest.QueryPrepared"/>
    /// is asked, a tcc is cancelled, and a saga has failed. One that is prepared already stays as it is, and is a success.
    /// </summary>
    /// <param name="request">The transaction.</param>
    /// <param name="cancellationToken">Cancels it; whether it was stored is open then.</param>
    Task<FatDtmAnswer> PrepareAsync(FatDtmRequest request, CancellationToken cancellationToken = default);

    /// <summary>
    /// Has the branches of a transaction called, which was prepared or is new (DTM's <c>submit</c>). One that is submitted already stays as it is, and is a success; one that is aborting or has
    /// ended is a failure. With <see cref="FatDtmRequest.WaitResult"/> the answer is what came of it, or <see cref="FatDtmResult.Ongoing"/> when that takes longer than the first attempt of each branch, or 60 s.
    /// </summary>
    /// <param name="request">The transaction. Of one that was prepared with branches, those count.</param>
    /// <param name="cancellationToken">Cancels it; whether it was stored is open then.</param>
    Task<FatDtmAnswer> SubmitAsync(FatDtmRequest request, CancellationToken cancellationToken = default);

    /// <summary>Gives a prepared message up, or cancels a prepared tcc (DTM's <c>abort</c>). Anything else is a failure.</summary>
    /// <param name="request">The transaction: its gid, its reason and whether to wait count.</param>
    /// <param name="cancellationToken">Cancels it; whether it took effect is open then.</param>
    Task<FatDtmAnswer> AbortAsync(FatDtmRequest request, CancellationToken cancellationToken = default);

    /// <summary>Adds a branch to a prepared tcc (DTM's <c>registerBranch</c>). Repeating it changes nothing; another branch of the same id is a failure.</summary>
    /// <param name="branch">The branch.</param>
    /// <param name="cancellationToken">Cancels it; whether it took effect is open then.</param>
    Task<FatDtmAnswer> RegisterBranchAsync(FatDtmBranchRequest branch, CancellationToken cancellationToken = default);

    /// <summary>Ends a transaction as failed, whatever became of its branches (DTM's <c>forceStop</c>): nothing further is called or compensated. One that has ended is a failure.</summary>
    /// <param name="gid">The transaction.</param>
    /// <param name="cancellationToken">Cancels it; whether it took effect is open then.</param>
    Task<FatDtmAnswer> ForceStopAsync(string? gid, CancellationToken cancellationToken = default);

    /// <summary>Makes the next attempt due at once, with the failures before it forgotten (DTM's <c>resetNextCronTime</c>). What is delayed or not past its time-out yet stays so.</summary>
    /// <param name="gid">The transaction.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    Task<FatDtmAnswer> ResetNextCronTimeAsync(string? gid, CancellationToken cancellationToken = default);

    /// <summary>One transaction with its branches; null when there is none (any more).</summary>
    /// <param name="gid">The transaction.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    Task<FatDtmTransaction?> FindAsync(string? gid, CancellationToken cancellationToken = default);

    /// <summary>Transactions of this service that have not ended, in the order of their gids.</summary>
    /// <param name="after">The gid behind which to begin; null for the first.</param>
    /// <param name="most">How many at most: 1 to 1,000.</param>
    /// <param name="cancellationToken">Cancels the question.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="most"/> is out of range.</exception>
    Task<IReadOnlyList<FatDtmTransaction>> ListAsync(string? after = null, int most = 100, CancellationToken cancellationToken = default);
}
