using Fat.Protocol;
using Microsoft.Extensions.Logging;

namespace Fat.Diagnostics;

/// <summary>Log messages; ids 1xx start-up, 2xx groups, 3xx branches, 4xx registry, 5xx recovery, 6xx administration, 7xx incidents, 9xx messages (8xx: Fat.AspNetCore).</summary>
internal static partial class FatLog
{
    [LoggerMessage(101, LogLevel.Information, "Fat: service {Service} is instance {Instance}; databases: {Databases}; decisions in {Decisions}")]
    public static partial void Started(ILogger logger, FatName service, InstanceId instance, string databases, string decisions);

    [LoggerMessage(102, LogLevel.Warning, "Fat: database {Database} holds transactions open until the decision, so a crash after the vote loses the branch: {Reason}")]
    public static partial void Held(ILogger logger, FatName database, string reason);

    [LoggerMessage(103, LogLevel.Warning, "Fat: groups that begin here are decided in the registry, which is not durable: {Problem}")]
    public static partial void RegistryNotDurable(ILogger logger, string problem);

    [LoggerMessage(104, LogLevel.Warning, "Fat: database {Database} cannot be reached at start-up; it is tried again when it is used")]
    public static partial void DatabaseAway(ILogger logger, FatName database, Exception exception);

    [LoggerMessage(105, LogLevel.Warning, "Fat: the registry cannot be reached at start-up; it is tried again")]
    public static partial void RegistryAway(ILogger logger, Exception exception);

    [LoggerMessage(106, LogLevel.Warning, "Fat: two connections in one transaction of an ambient database cannot be detected on this runtime; open one at a time")]
    public static partial void EnlistmentsUnknown(ILogger logger);

    [LoggerMessage(107, LogLevel.Warning, "Fat: stopping with {Scopes} scopes and {Groups} waiting groups that are not over; recovery finishes them")]
    public static partial void NotDrained(ILogger logger, int scopes, int groups);

    [LoggerMessage(108, LogLevel.Information, "Fat: groups that begin here are fully atomic {Extent}")]
    public static partial void Atomicity(ILogger logger, string extent);

    [LoggerMessage(109, LogLevel.Warning, "Fat: database {Database} holds transactions open until the decision, so a crash after the decision loses the branch, which then is an incident: {Reason}")]
    public static partial void HeldWithJournal(ILogger logger, FatName database, string reason);

    [LoggerMessage(110, LogLevel.Warning, "Fat: {Service} was added with AddTransactional, and a later registration by a factory takes its place; unless what that makes calls the proxy, [FatTransaction] methods run without a transaction")]
    public static partial void ReplacedByFactory(ILogger logger, Type service);

    [LoggerMessage(111, LogLevel.Warning, "Fat: database {Database} lacks tables of Fat's and does not let them be created; it is tried again, and until then what needs them fails: {Reason}")]
    public static partial void TablesNotCreated(ILogger logger, FatName database, string reason);

    [LoggerMessage(112, LogLevel.Warning, "Fat: {Service} is registered as {Type}, without a proxy; whoever asks for it in this way calls [FatTransaction] methods without a transaction")]
    public static partial void BareClass(ILogger logger, Type service, Type type);

    [LoggerMessage(113, LogLevel.Warning, "Fat: {Service} was added with AddTransactional, and {Type} is registered for it without a proxy before; whoever asks for all of them (IEnumerable) gets that one too, and calls its [FatTransaction] methods without a transaction: take it away")]
    public static partial void BareBesideProxy(ILogger logger, Type service, Type type);

    [LoggerMessage(114, LogLevel.Warning, "Fat: {Service} is made by a factory as {Type}; unless what that makes is, or calls, a service that was added with AddTransactional, [FatTransaction] methods run without a transaction")]
    public static partial void MarkedByFactory(ILogger logger, Type service, Type type);

    [LoggerMessage(115, LogLevel.Warning, "Fat: {Service} is registered as {Type}, without a proxy; [FatServiceRegister] on its methods begins no group: register it with AddTransactional, or put the attribute on the endpoint")]
    public static partial void ScopeIgnored(ILogger logger, Type service, Type type);

    [LoggerMessage(116, LogLevel.Warning, "Fat: a crash of the machine of database {Database} can take back what it has committed, decisions that others have obeyed too: {Reason}")]
    public static partial void LosesCommits(ILogger logger, FatName database, string reason);

    [LoggerMessage(201, LogLevel.Debug, "Group {Gid} ({Method}) is committed with {Branches} other branches")]
    public static partial void Committed(ILogger logger, GroupId gid, string method, int branches);

    [LoggerMessage(202, LogLevel.Information, "Group {Gid} ({Method}) is rolled back: {FailedService}, {FailedMethod}: {Reason}")]
    public static partial void RolledBack(ILogger logger, GroupId gid, string method, string failedService, string failedMethod, string reason);

    [LoggerMessage(203, LogLevel.Error, "Group {Gid} ({Method}) is in doubt and is settled by recovery: {Reason}")]
    public static partial void RootInDoubt(ILogger logger, GroupId gid, string method, string reason, Exception? exception);

    [LoggerMessage(204, LogLevel.Information, "Group {Gid}: scope {Scope} ({Method}) failed: {Reason}")]
    public static partial void ChildFailed(ILogger logger, GroupId gid, ScopeId scope, string method, string reason);

    [LoggerMessage(205, LogLevel.Warning, "Group {Gid}: call {Call} has arrived twice; it does not run again")]
    public static partial void DuplicateCall(ILogger logger, GroupId gid, CallId call);

    [LoggerMessage(206, LogLevel.Warning, "Group {Gid}: a callback that was registered for its cancellation failed")]
    public static partial void CancellationFailed(ILogger logger, GroupId gid, Exception exception);

    [LoggerMessage(207, LogLevel.Information, "Fat: who holds a lock in database {Database} could not be told")]
    public static partial void LockHolderNotFound(ILogger logger, FatName database, Exception exception);

    [LoggerMessage(EventId = 301, Message = "Group {Gid}: branch {Branch} could not obey '{Decision}' yet; it is tried again")]
    public static partial void FinishFailed(ILogger logger, LogLevel level, GroupId gid, BranchId branch, Decision decision, Exception exception);

    /// <summary>By recovery, which finds it with each of its turns.</summary>
    public static void FinishFailed(ILogger logger, GroupId gid, BranchId branch, Decision decision, Exception exception) =>
        FinishFailed(logger, LogLevel.Warning, gid, branch, decision, exception);

    [LoggerMessage(302, LogLevel.Critical, "Group {Gid} is committed and its held branch {Branch} ({Method}) was lost")]
    public static partial void HeldBranchLost(ILogger logger, GroupId gid, BranchId branch, string method, Exception exception);

    [LoggerMessage(303, LogLevel.Warning, "{Method} writes in a call from inside a caller's group, at an endpoint that takes no part in that group: it commits by itself, whatever becomes of the group. Put [FatServiceRegister] on the endpoint; where it is to be independent of the caller, call it inside FatContext.Suppress(); where it only reads, say ReadOnly = true. Said once for each method")]
    public static partial void CommitsAlone(ILogger logger, string method);

    [LoggerMessage(EventId = 401, Message = "Group {Gid}: scope {Scope} is not registered")]
    public static partial void NotRegistered(ILogger logger, LogLevel level, GroupId gid, ScopeId scope, Exception exception);

    [LoggerMessage(402, LogLevel.Warning, "Group {Gid}: its votes could not be read; they are looked for by polling")]
    public static partial void VotesNotRead(ILogger logger, GroupId gid, Exception exception);

    [LoggerMessage(403, LogLevel.Warning, "Group {Gid}: the vote of branch {Branch} may not have arrived; it votes again")]
    public static partial void NotVoted(ILogger logger, GroupId gid, BranchId branch, Exception exception);

    [LoggerMessage(404, LogLevel.Warning, "Group {Gid}: scope {Scope} is not closed in the registry yet")]
    public static partial void NotClosed(ILogger logger, GroupId gid, ScopeId scope, Exception exception);

    [LoggerMessage(405, LogLevel.Warning, "Group {Gid}: the abort that scope {Scope} asks for may not have arrived")]
    public static partial void AbortNotAsked(ILogger logger, GroupId gid, ScopeId scope, Exception exception);

    [LoggerMessage(406, LogLevel.Warning, "{Count} messages of '{Queue}' were not taken by the registry; they are sent again, or found by recovery when the process stops")]
    public static partial void NotSent(ILogger logger, string queue, long count, Exception? exception);

    [LoggerMessage(407, LogLevel.Warning, "The inbox cannot be read; decisions are found by polling meanwhile")]
    public static partial void InboxAway(ILogger logger, Exception exception);

    [LoggerMessage(408, LogLevel.Information, "The inbox is read again")]
    public static partial void InboxBack(ILogger logger);

    [LoggerMessage(409, LogLevel.Warning, "What operators want to see of ended groups cannot be told to the registry now; what does not fit into the buffer is left out")]
    public static partial void HistoryAway(ILogger logger, Exception exception);

    [LoggerMessage(410, LogLevel.Warning, "{Count} groups and branches that have ended were left out of the history, because the registry was away or too slow")]
    public static partial void HistoryDropped(ILogger logger, long count);

    [LoggerMessage(411, LogLevel.Warning, "{Count} messages of '{Queue}' were dropped, because the registry has not taken them for long; recovery finds what they would have told")]
    public static partial void NewsDropped(ILogger logger, string queue, long count);

    [LoggerMessage(501, LogLevel.Information, "Recovery: branch {Branch} of group {Gid} on {Database} is finished: {Decision}")]
    public static partial void Recovered(ILogger logger, GroupId gid, BranchId branch, FatName database, Decision decision);

    [LoggerMessage(502, LogLevel.Information, "Recovery: group {Gid} is resolved: {Decision}")]
    public static partial void Resolved(ILogger logger, GroupId gid, Decision decision);

    [LoggerMessage(503, LogLevel.Warning, "Recovery: a resolution of group {Gid} was asked for, and this service has no database '{Database}'")]
    public static partial void UnknownDecisionDatabase(ILogger logger, GroupId gid, FatName database);

    [LoggerMessage(504, LogLevel.Warning, "Recovery: database {Database} cannot be looked through now")]
    public static partial void DatabaseNotSearched(ILogger logger, FatName database, Exception exception);

    [LoggerMessage(505, LogLevel.Warning, "Recovery: whether branches have obeyed cannot be looked up now")]
    public static partial void AcknowledgementsNotSearched(ILogger logger, Exception exception);

    [LoggerMessage(506, LogLevel.Warning, "Recovery: what became of held branches on {Database} cannot be found out while the registry is away")]
    public static partial void HeldBranchesNotSettled(ILogger logger, FatName database, Exception exception);

    [LoggerMessage(601, LogLevel.Warning, "Group {Gid}: '{Asked}' was forced by {By} ({Why}); {Effect}; the decision is '{Decision}', kept in {Place}")]
    public static partial void Forced(ILogger logger, GroupId gid, Decision asked, string by, string why, string effect, Decision decision, string place);

    [LoggerMessage(602, LogLevel.Error, "Group {Gid}: that '{Asked}' was forced by {By} ({Why}) could not be recorded")]
    public static partial void ForceNotRecorded(ILogger logger, GroupId gid, Decision asked, string by, string why, Exception exception);

    [LoggerMessage(603, LogLevel.Warning, "Group {Gid}: the forced decision could not be published yet; it is tried again")]
    public static partial void ForceNotPublished(ILogger logger, GroupId gid, Exception exception);

    [LoggerMessage(604, LogLevel.Error, "The redactor failed ({Failure}) on a {Kind} of '{Source}', which is hidden")]
    public static partial void NotRedacted(ILogger logger, FatContentKind kind, string source, string failure);

    [LoggerMessage(701, LogLevel.Error, "Group {Gid} is committed and its held branch {Branch} ({Method}) was lost. {Reason}")]
    public static partial void IncidentOpened(ILogger logger, GroupId gid, BranchId branch, string method, string reason);

    [LoggerMessage(702, LogLevel.Warning, "Group {Gid}: its lost branch {Branch} ({Method}) was replayed, in attempt {Attempts}")]
    public static partial void IncidentReplayed(ILogger logger, GroupId gid, BranchId branch, string method, int attempts);

    [LoggerMessage(703, LogLevel.Error, "Group {Gid}: attempt {Attempts} to replay its lost branch {Branch} ({Method}) has failed: {Reason}")]
    public static partial void ReplayFailed(ILogger logger, GroupId gid, BranchId branch, string method, int attempts, string? reason);

    [LoggerMessage(704, LogLevel.Warning, "Group {Gid}: the incident of its lost branch {Branch} ({Method}) was closed by {By}: {Note}")]
    public static partial void IncidentClosed(ILogger logger, GroupId gid, BranchId branch, string method, string? by, string? note);

    [LoggerMessage(705, LogLevel.Warning, "Group {Gid}: the webhook has not taken that branch {Branch} is {Kind}; it is told again")]
    public static partial void WebhookFailed(ILogger logger, FatIncidentEventKind kind, string gid, string branch, Exception exception);

    [LoggerMessage(706, LogLevel.Error, "Group {Gid}: a handler of incidents failed on being told that branch {Branch} is {Kind}; it is told again")]
    public static partial void HandlerFailed(ILogger logger, FatIncidentEventKind kind, string gid, string branch, Exception exception);

    [LoggerMessage(707, LogLevel.Warning, "Group {Gid}: its branch {Branch} on {Database} has been in doubt for long. {Reason}")]
    public static partial void InDoubtTooLong(ILogger logger, GroupId gid, BranchId branch, FatName database, string reason);

    [LoggerMessage(708, LogLevel.Error, "Group {Gid}: the replay of its lost branch {Branch} ({Method}) does not come back, and nobody else can begin one until it does: {Reason}")]
    public static partial void ReplayGoesOn(ILogger logger, GroupId gid, BranchId branch, string method, string? reason);

    [LoggerMessage(901, LogLevel.Warning, "Message {Message} is committed and could not be submitted now; recovery submits it")]
    public static partial void NotSubmitted(ILogger logger, MessageId message, Exception exception);

    [LoggerMessage(902, LogLevel.Information, "Message {Message}: its state could not be told to Redis; its row in the database tells")]
    public static partial void MessageNotTold(ILogger logger, MessageId message, Exception exception);

    [LoggerMessage(903, LogLevel.Information, "Message {Message} is cancelled: its local transaction has not committed in time")]
    public static partial void MessageCancelled(ILogger logger, MessageId message);

    [LoggerMessage(904, LogLevel.Warning, "Message {Message} is submitted from its row: it, or a branch of it, was not known to Redis")]
    public static partial void MessageRecovered(ILogger logger, MessageId message);

    [LoggerMessage(905, LogLevel.Warning, "The subscribers of topic {Topic} cannot be read from Redis; those that are known get what is published")]
    public static partial void TopicNotRead(ILogger logger, FatName topic, Exception exception);

    [LoggerMessage(906, LogLevel.Warning, "The subscribers of topic {Topic} cannot be kept in the database now; it is tried again")]
    public static partial void TopicNotRemembered(ILogger logger, FatName topic, Exception exception);

    [LoggerMessage(907, LogLevel.Warning, "The queue {Queue} cannot be read; it is tried again")]
    public static partial void QueueAway(ILogger logger, QueueName queue, Exception exception);

    [LoggerMessage(908, LogLevel.Warning, "The queue {Queue}: the lease of {Work} was lost, and the work is stopped; whoever has it now finds at its barrier what was done")]
    public static partial void LeaseLost(ILogger logger, QueueName queue, string work);

    [LoggerMessage(909, LogLevel.Error, "The queue {Queue}: {Work} could not be worked on; it is tried again")]
    public static partial void WorkFailed(ILogger logger, QueueName queue, string work, Exception exception);

    [LoggerMessage(910, LogLevel.Warning, "{Kind} {Gid}: branch {Branch} ({Target}) has failed {Failures} times in a row: {Reason}")]
    public static partial void BranchFailed(ILogger logger, string kind, string gid, string branch, string target, int failures, string reason);

    [LoggerMessage(911, LogLevel.Error, "Message {Gid}: a handler of alerts failed on being told of branch {Branch}")]
    public static partial void AlertFailed(ILogger logger, string gid, string branch, Exception exception);

    [LoggerMessage(912, LogLevel.Error, "Message {Gid}: branch {Branch} ({Target}) has failed for good, after {Failures} attempts, and waits for an operator to retry it: {Reason}")]
    public static partial void BranchFailedForGood(ILogger logger, string gid, string branch, string target, int failures, string reason);

    [LoggerMessage(921, LogLevel.Warning, "Transaction {Gid} is stored and could not be queued now; the sweep does it")]
    public static partial void TransactionNotQueued(ILogger logger, string gid, Exception exception);

    [LoggerMessage(922, LogLevel.Information, "The {Kind} {Gid} has ended: {Status}. {Reason}")]
    public static partial void TransactionEnded(ILogger logger, string kind, string gid, string status, string? reason);

    [LoggerMessage(923, LogLevel.Warning, "Transaction {Gid} is queued again: Redis did not know it")]
    public static partial void TransactionRecovered(ILogger logger, string gid);

    [LoggerMessage(924, LogLevel.Warning, "The stored transactions cannot be looked through now")]
    public static partial void TransactionsNotSearched(ILogger logger, Exception exception);

    [LoggerMessage(925, LogLevel.Information, "Transaction {Gid}: branch {Branch} ({Target}) has refused, and what was done is taken back: {Reason}")]
    public static partial void BranchRefused(ILogger logger, string gid, string branch, string target, string reason);

    [LoggerMessage(EventId = 509, Message = "A turn of '{Loop}' failed; the next one comes at its time")]
    public static partial void TurnFailed(ILogger logger, LogLevel level, string loop, Exception exception);

    [LoggerMessage(510, LogLevel.Information, "'{Loop}' works again, after {Failures} turns that failed")]
    public static partial void LoopWorksAgain(ILogger logger, string loop, int failures);
}
