namespace Fat.Testing;

/// <summary>
/// The places where a fault can strike: the durable writes and the messages of the protocol (docs/failure-matrix.md), and where a branch begins.
/// </summary>
public enum FatTestPoint
{
    /// <summary>A branch begins its transaction; its method has not run yet. Only before.</summary>
    Begin,

    /// <summary>A scope enters itself in the registry.</summary>
    Register,

    /// <summary>A branch of a called service prepares; also of a root, but for the branch that carries the decision.</summary>
    Prepare,

    /// <summary>A vote that travels through the registry.</summary>
    Vote,

    /// <summary>The reply of a call, with the votes of all branches below it.</summary>
    Answer,

    /// <summary>The root tells the registry what it waits for.</summary>
    Seal,

    /// <summary>A failure that is told through the registry.</summary>
    AskAbort,

    /// <summary>The decision row with the root's COMMIT.</summary>
    Decide,

    /// <summary>The decision of a root without a database.</summary>
    DecideInRegistry,

    /// <summary>The decision is told, by the root or by recovery.</summary>
    Publish,

    /// <summary>A process takes messages from its inbox. Only after.</summary>
    Receive,

    /// <summary>A prepared branch commits.</summary>
    CommitPrepared,

    /// <summary>A prepared branch rolls back.</summary>
    RollBackPrepared,

    /// <summary>A held branch is written down. Not on databases in memory, which have no journal.</summary>
    Journal,

    /// <summary>A held branch commits.</summary>
    CommitHeld,

    /// <summary>What is written down of held branches is deleted. Not on databases in memory.</summary>
    Unjournal,

    /// <summary>A held branch is found to be lost. Not on databases in memory.</summary>
    OpenIncident,

    /// <summary>A lost branch's call was run again. Not on databases in memory.</summary>
    Replay,

    /// <summary>A branch tells that it has obeyed.</summary>
    Acknowledge,

    /// <summary>A process in doubt asks the root's service.</summary>
    AskResolve,

    /// <summary>The root's service takes what it is asked. Only after.</summary>
    TakeResolve,

    /// <summary>Recovery's insert into the barrier.</summary>
    Resolve,

    /// <summary>A root puts a group that lasts into the index of open groups.</summary>
    Index,

    /// <summary>The index forgets groups that have ended.</summary>
    Unindex,

    /// <summary>A process tells that it is alive.</summary>
    Heartbeat,

    /// <summary>Decision rows are deleted when all branches have obeyed.</summary>
    Forget,

    /// <summary>A message is told to Redis before its local transaction begins.</summary>
    PrepareMessage,

    /// <summary>A message is stored in its local transaction. Not on databases in memory.</summary>
    StoreMessage,

    /// <summary>The record of a committed message in Redis.</summary>
    SubmitMessage,

    /// <summary>A message whose local transaction was rolled back is told to Redis.</summary>
    CancelMessage,

    /// <summary>A prepared message's local transaction is asked for.</summary>
    SettleMessage,

    /// <summary>A branch of a message is put into its queue.</summary>
    PutWork,

    /// <summary>A process takes branches from a queue.</summary>
    TakeWork,

    /// <summary>A process renews its hold of branches that it works on.</summary>
    RenewWork,

    /// <summary>A process tells a queue what came of branches.</summary>
    EndWork,

    /// <summary>A process tells the record of a message what came of branches.</summary>
    TellBranch,

    /// <summary>Rows of messages that have ended go.</summary>
    EndMessage,

    /// <summary>A transaction of a DTM client is stored. Not on databases in memory.</summary>
    StoreTransaction,

    /// <summary>The next state of a stored transaction of a DTM client. Not on databases in memory.</summary>
    ChangeTransaction,
}
