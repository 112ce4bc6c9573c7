namespace Fat;

/// <summary>The settings of section <c>Fat</c>. Every time is a <see cref="TimeSpan"/> (<c>"00:00:03"</c> is three seconds).</summary>
public sealed class FatOptions
{
    /// <summary>
    /// The name of this service, the same in all its instances and different from every other service's: 1 to 40 of
    /// <c>A-Za-z0-9._-</c>. Default: the application name.
    /// </summary>
    public string? ServiceName { get; set; }

    /// <summary>When a called service answers. Default: <see cref="FatAnswer.Prepared"/>.</summary>
    public FatAnswer Answer { get; set; } = FatAnswer.Prepared;

    /// <summary>
    /// What <c>[FatTransaction]</c> methods do that do not say so themselves when their group already works on the same database in this process.
    /// Default: <see cref="FatJoin.None"/>.
    /// </summary>
    public FatJoin Join { get; set; } = FatJoin.None;

    /// <summary>
    /// Where this one instance can be called, as <c>http://10.0.0.7:8080</c>. When set it is told to callers with each reply, so that those that pin
    /// instances send the later calls of a group to the same one, where they can share a transaction. Default: none.
    /// </summary>
    public string? Address { get; set; }

    /// <summary>How long a caller waits for the business result of a branch. Default: 3 s, at most 1 h.</summary>
    public TimeSpan WaitResult { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>
    /// Stage 1: how long a root waits for missing votes before it rolls back. Stage 2: how long a voted branch waits for
    /// the decision before it asks for one. Default: 3 s, at most 1 h.
    /// </summary>
    public TimeSpan WaitCommit { get; set; } = TimeSpan.FromSeconds(3);

    /// <summary>How often waiting branches are looked up together, in case a push was lost. Default: 200 ms, at most 1 min.</summary>
    public TimeSpan CommitPollInterval { get; set; } = TimeSpan.FromMilliseconds(200);

    /// <summary>The longest life of a group; past it the group rolls back. Default: 30 s, at most 1 h.</summary>
    public TimeSpan GroupTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How often recovery looks for branches and groups that were left behind; at most 20 s. Default: 5 s.</summary>
    public TimeSpan RecoveryInterval { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a process that is asked to stop lets its groups go on; new ones are refused meanwhile. What is not over then is
    /// finished by recovery. The host's own shutdown time-out (30 s by default), of which requests and subscribers have had their part by then, bounds it
    /// as well. Calls and subscribers of messages have up to twice this time before. Default: 10 s, at most 1 h.
    /// </summary>
    public TimeSpan ShutdownTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// Refuse to start when a database cannot prepare transactions, instead of holding them open (a crash after the vote
    /// then loses the branch). Default: false.
    /// </summary>
    public bool RequireDurable { get; set; }

    /// <summary>Create the barrier table, and those beside it, at start-up where they are missing. Default: true.</summary>
    public bool CreateBarrierTable { get; set; } = true;

    /// <summary>
    /// When set, the remote data that this service sends is signed with it (HMAC-SHA256) and unsigned or wrongly signed
    /// remote data is refused. The same key in every service; at least 16 characters. Default: none.
    /// </summary>
    public string? SigningKey { get; set; }

    /// <summary>
    /// Keys that are accepted beside <see cref="SigningKey"/>, which alone signs: the next one or the last one while the key is changed, one process
    /// after the other (docs/security.md). At least 16 characters each; without a <see cref="SigningKey"/> there can be none. Default: none.
    /// </summary>
    public IList<string> AcceptedSigningKeys { get; } = [];

    /// <summary>
    /// Run the call of a held branch again that a crash lost after the decision, where its method allows it
    /// (<see cref="FatTransactionAttribute.Replay"/>). Off, its incident waits for an operator. Default: true.
    /// </summary>
    public bool ReplayLostBranches { get; set; } = true;

    /// <summary>
    /// How often a lost branch's call is run again by itself, the pauses growing, until its incident is left to an operator: 1 or more.
    /// Default: 10.
    /// </summary>
    public int ReplayAttempts { get; set; } = 10;

    /// <summary>
    /// The most bytes that the arguments of a held branch's method may have as JSON. With more, a method that allows a replay fails, and
    /// another one cannot be replayed by an operator. Default: 65,536.
    /// </summary>
    public int JournalLimit { get; set; } = 65_536;

    /// <summary>How long incidents stay to be read after they were replayed or closed. Default: 7 days.</summary>
    public TimeSpan IncidentsKept { get; set; } = TimeSpan.FromDays(7);

    /// <summary>
    /// How many ended groups the registry remembers for this service, for operators (<see cref="IFatMonitor"/>): about 1 KiB of Redis memory each. 0 for none, 1,000,000 at most. Default: 10,000.
    /// </summary>
    public int HistoryKept { get; set; } = 10_000;

    /// <summary>
    /// After how long a branch that waits for its group's decision, or cannot obey it, is told of (<see cref="FatIncidentEventKind.InDoubt"/>). Default: 60 s, at most 30 days.
    /// </summary>
    public TimeSpan InDoubtAlert { get; set; } = TimeSpan.FromSeconds(60);

    /// <summary>Whom to tell of incidents.</summary>
    public FatWebhookOptions Webhook { get; set; } = new();

    /// <summary>Messages.</summary>
    public FatMessageOptions Messages { get; set; } = new();

    /// <summary>From when on this process counts as degraded or unhealthy.</summary>
    public FatHealthOptions Health { get; set; } = new();

    /// <summary>The workers that run branches.</summary>
    public FatWorkerOptions Workers { get; set; } = new();

    /// <summary>The registry.</summary>
    public FatRedisOptions Redis { get; set; } = new();
}
