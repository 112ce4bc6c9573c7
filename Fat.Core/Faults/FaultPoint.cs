namespace Fat.Faults;

/// <summary>The durable writes and the messages of the protocol. A fault strikes before one or after it (docs/failure-matrix.md).</summary>
internal enum FaultPoint
{
    /// <summary>A scope enters itself in the registry.</summary>
    Register,

    /// <summary>PREPARE TRANSACTION of a branch.</summary>
    Prepare,

    /// <summary>A vote that travels through the registry.</summary>
    Vote,

    /// <summary>The reply of a call, with the votes of all branches below it.</summary>
    Answer,

    /// <summary>The root tells the registry what it waits for.</summary>
    Seal,

    /// <summary>A failure that is told through the registry.</summary>
    AskAbort,

    /// <summary>The decision row with the root's COMMIT: one round trip, and one moment for the server.</summary>
    Decide,

    /// <summary>The decision of a root without a database.</summary>
    DecideInRegistry,

    /// <summary>The decision is told, by the root or by recovery: the record, and a message to every process that waits.</summary>
    Publish,

    /// <summary>A process takes messages from its inbox.</summary>
    Receive,

    /// <summary>COMMIT PREPARED.</summary>
    CommitPrepared,

    /// <summary>ROLLBACK PREPARED.</summary>
    RollBackPrepared,

    /// <summary>A held branch is written down before it votes.</summary>
    Journal,

    /// <summary>COMMIT of a held branch.</summary>
    CommitHeld,

    /// <summary>What is written down of held branches that have obeyed is deleted.</summary>
    Unjournal,

    /// <summary>A held branch is found to be lost.</summary>
    OpenIncident,

    /// <summary>COMMIT of a lost branch's call that was run again.</summary>
    Replay,

    /// <summary>A branch tells that it has obeyed.</summary>
    Acknowledge,

    /// <summary>A process in doubt asks the root's service.</summary>
    AskResolve,

    /// <summary>The root's service takes what it is asked.</summary>
    TakeResolve,

    /// <summary>Recovery's insert into the barrier (rule S5).</summary>
    Resolve,

    /// <summary>A root puts a group that lasts into the index of open groups.</summary>
    Index,

    /// <summary>The index forgets groups that have ended.</summary>
    Unindex,

    /// <summary>A process tells that it is alive.</summary>
    Heartbeat,

    /// <summary>The decision rows of groups that all have acknowledged are deleted (rule S7).</summary>
    Forget,

    /// <summary>A message is told to Redis before its local transaction begins.</summary>
    PrepareMessage,

    /// <summary>A message is stored in its local transaction; after it, the COMMIT of that.</summary>
    StoreMessage,

    /// <summary>The record of a committed message in Redis.</summary>
    SubmitMessage,

    /// <summary>A message whose local transaction was rolled back is told to Redis.</summary>
    CancelMessage,

    /// <summary>A prepared message's local transaction is asked for (query-prepared).</summary>
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

    /// <summary>A transaction of a DTM client is stored.</summary>
    StoreTransaction,

    /// <summary>The next state of a stored transaction of a DTM client: submitted, aborted, a branch more, what came of its calls.</summary>
    ChangeTransaction,
}
