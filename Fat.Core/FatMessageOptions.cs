namespace Fat;

/// <summary>The settings of messages, section <c>Fat:Messages</c>.</summary>
public sealed class FatMessageOptions
{
    /// <summary>
    /// Where the services are that messages call by their name (<see cref="FatMessage.Call(string, string, object?)"/>), as <c>http://stock:8080</c>. A service that is not here has the base address of the
    /// <c>HttpClient</c> of that name (<c>services.AddHttpClient("stock", …)</c>). Default: none.
    /// </summary>
    public IDictionary<string, string> Services { get; } = new Dictionary<string, string>(StringComparer.Ordinal);

    /// <summary>How long after it was prepared a message is asked for that was not submitted: its local transaction has committed, or is rolled back by that. Default: 35 s, as DTM's.</summary>
    public TimeSpan TimeoutToFail { get; set; } = TimeSpan.FromSeconds(35);

    /// <summary>How long one call may take: up to 1 day. Default: 3 s, as DTM's.</summary>
    public TimeSpan RequestTimeout { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>The pause after the first failure of a call or a delivery. It doubles with each further one. Default: 10 s, as DTM's.</summary>
    public TimeSpan RetryInterval { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>The longest pause between attempts. Default: 10 min.</summary>
    public TimeSpan RetryLimit { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>After how many failures in a row the handlers of alerts are told (<see cref="IFatBuilder.AddMessageAlertHandler{THandler}"/>). Default: 3, as DTM's.</summary>
    public int AlertAfter { get; set; } = 3;

    /// <summary>
    /// For how long a process has a piece of work that it took, unless it renews that, as it does while the work runs: after it has died, others take it when that time is over.
    /// Default: 30 s.
    /// </summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>
    /// How many messages with calls a process dispatches at the same time, and how many of them at one address (without its query). One that has waited 0.25 s for an answer leaves its slot to another, up to eight for
    /// each slot. As many transactions of DTM's clients, at whatever addresses. Default: 16.
    /// </summary>
    public int Concurrency { get; set; } = 16;

    /// <summary>The most bytes that a message may have, with all its branches. Default: 262,144.</summary>
    public int SizeLimit { get; set; } = 262_144;

    /// <summary>How long Redis keeps what is known of a message that has ended; of those the newest 10,000 of a service are listed. Default: 1 h.</summary>
    public TimeSpan RecordsKept { get; set; } = TimeSpan.FromHours(1);

    /// <summary>
    /// How long the database keeps the rows of cancelled messages. Those of ended ones with an id of the application's own, and of ended transactions of DTM's clients, are kept for <see cref="BarriersKept"/>
    /// where that is longer: their ids are refused for as long as barriers know them. Other messages' rows go when they have ended. Default: 1 day.
    /// </summary>
    public TimeSpan RowsKept { get; set; } = TimeSpan.FromDays(1);

    /// <summary>
    /// How long the database keeps the rows that branches leave where they took effect (<see cref="FatBarrier"/>). A branch that is repeated later than that takes effect again, so this is to be
    /// longer than messages last. Default: 7 days.
    /// </summary>
    public TimeSpan BarriersKept { get; set; } = TimeSpan.FromDays(7);

    /// <summary>How long the id of something that has ended is refused.</summary>
    internal TimeSpan EndedKept => RowsKept > BarriersKept ? RowsKept : BarriersKept;
}
