using System.Reflection;
using System.Text;
using Fat.Context;
using Fat.Journal;
using Fat.Protocol;
using Fat.Registry;
using Fat.Registry.Redis;
using Fat.Resources;

namespace Fat.Architecture.Tests.Baselines;

/// <summary>What services of different versions tell each other and leave behind, written out with one example of everything.</summary>
internal static class WireText
{
    private static readonly GroupId Gid = GroupId.TryParse("0198f0aa-0000-7000-8000-0000000000aa", out var gid) ? gid : default;
    private static readonly InstanceId Root = InstanceId.TryParse("orders~0000000000aa", out var root) ? root : default;
    private static readonly InstanceId Stock = InstanceId.TryParse("stock~0000000000bb", out var stock) ? stock : default;
    private static readonly ScopeId Scope = ScopeId.TryParse("2-0000000b", out var scope) ? scope : default;
    private static readonly CallId Below = Scope.Call.Child(1);
    private static readonly FatName Database = FatName.Parse("main", "database name");
    private static readonly FatName Service = FatName.Parse("orders", "service name");
    private static readonly AbortReason Reason = AbortReason.Of("stock", "POST /take", "Out of stock: 在庫 😀");
    private static readonly BranchVote Prepared = new(Scope.Branch(1), Stock, Vote.Prepared);
    private static readonly BranchVote ReadOnly = new(Scope.Branch(2), Stock, Vote.ReadOnly);
    private static readonly BranchVote Pending = new(Scope.Branch(3), Root, Vote.Pending);
    private static readonly QueueName Queue = QueueName.Deliveries(FatName.Parse("order-placed", "topic"), Service);
    private static readonly MessageId Message = MessageId.TryParse("m-1", out var message) ? message : default;
    private static readonly MessageOrigin Origin = new(Database, "{}");
    private static readonly DecisionRecord Committed = new(Decision.Committed, [Prepared, Pending with { Vote = Vote.Prepared }]);

    public static string All()
    {
        var text = new StringBuilder();
        Section(text, "Fields", FieldLines());
        Section(text, "Prepared transactions", [new PreparedName(Gid, Scope.Branch(1), Service, Database).ToString()]);
        Section(text, "Barrier table of PostgreSQL (fat_barrier stands for its name)", BarrierLines(FatDialects.PostgreSql));
        Section(text, "Barrier table of MySQL (fat_barrier stands for its name)", BarrierLines(FatDialects.MySql));
        Section(text, "Journal of PostgreSQL (fat_journal stands for its name)", JournalLines(FatDialects.PostgreSql));
        Section(text, "Journal of MySQL (fat_journal stands for its name)", JournalLines(FatDialects.MySql));
        Section(text, "Messages of PostgreSQL (fat_barrier stands for their table)", MessageSqlLines(FatDialects.PostgreSql));
        Section(text, "Messages of MySQL (fat_barrier stands for their table)", MessageSqlLines(FatDialects.MySql));
        Section(text, "Redis keys (prefix fat)", KeyLines());
        Section(text, "Redis scripts: what they take", ScriptHeads());
        Section(text, "Redis scripts: what they are given", ScriptCalls().Result().Concat(QueueCalls().Result()).Concat(MessageCalls().Result()).Concat(HistoryCalls().Result()));
        Section(text, "Redis messages", MessageLines());
        return text.ToString();
    }

    private static IEnumerable<string> FieldLines()
    {
        foreach (var constant in typeof(FatRemoteFields).GetFields(BindingFlags.Public | BindingFlags.Static).OrderBy(field => field.Name, StringComparer.Ordinal))
            yield return $"{constant.Name} = {constant.GetRawConstantValue()}";
        var context = new RemoteContext(Gid, Below, Root, Database, TimeSpan.FromMilliseconds(2500));
        foreach (var field in new RemoteDataSigner("sixteen characters").Write(context).OrderBy(field => field.Key, StringComparer.Ordinal))
            yield return $"{field.Key}: {field.Value}";
        yield return $"{FatRemoteFields.Reply}: {new RemoteReply.NotAParticipant().Format()}";
        yield return $"{FatRemoteFields.Reply}: {new RemoteReply.Answered(Scope, [Below, Scope.Call.Child(2)], [Prepared, ReadOnly, Pending]).Format()}";
        yield return $"{FatRemoteFields.Reply}: {new RemoteReply.Failed(Reason).Format()}";
    }

    private static IEnumerable<string> BarrierLines(FatDialect dialect)
    {
        var sql = dialect.Barrier("fat_barrier", "fat_audit")!;
        foreach (var property in typeof(FatBarrierSql).GetProperties().OrderBy(property => property.Name, StringComparer.Ordinal))
            yield return $"{property.Name}: {property.GetValue(sql)}";
        yield return $"CommitMany: {Statement(sql.CommitMany(["g1", "g2"], ["b1", "b2"]))}";
        yield return $"DeleteCommitted: {Statement(sql.DeleteCommitted(["g1", "g2"]))}";
        yield return $"DeleteRolledBack: {Statement(sql.DeleteRolledBack(["g1", "g2"]))}";
        yield return $"ReadMany: {Statement(sql.ReadMany(["g1", "g2"]))}";
        yield return $"payload of a decision: {BranchList.Format(Committed.Branches)}";
    }

    private static string Statement(FatSqlStatement statement) =>
        $"{statement.Text} [{string.Join(" | ", statement.Parameters.Select(value => value is string[] list ? string.Join(',', list) : value.ToString()))}]";

    private static IEnumerable<string> JournalLines(FatDialect dialect)
    {
        var sql = new JournalSql(dialect.Journal("fat_journal", "fat_barrier")!);
        foreach (var property in typeof(JournalSql).GetProperties().Where(property => property.PropertyType == typeof(string)).OrderBy(property => property.Name, StringComparer.Ordinal))
            yield return $"{property.Name}: {property.GetValue(sql)}";
        yield return $"Insert: {sql.Insert(2)}";
        yield return $"Forget: {sql.Forget(2)}";
        yield return $"Unmark: {sql.Unmark(2)}";
        yield return $"ListMarked: {sql.ListMarked(2)}";
        yield return $"ListDue: {sql.ListDue(100)}";
        yield return $"ListGivenUp: {sql.ListGivenUp(100)}";
        yield return $"ListIncidents: {sql.ListIncidents(onlyOpen: true, 100)}";
        yield return $"ListUntold: {sql.ListUntold(100)}";
        yield return $"ListOver: {sql.ListOver(100)}";
        yield return $"Purge: {sql.Purge(2)}";
        yield return $"PurgeEvents: {sql.PurgeEvents(2)}";
        yield return $"Replayed: {sql.Replayed(7)}";
        yield return $"IsReplayed: {sql.IsReplayed(Gid, Scope.Branch(1), 7)}";
    }

    private static IEnumerable<string> MessageSqlLines(FatDialect dialect)
    {
        var sql = dialect.Messages("fat_barrier")!;
        foreach (var property in typeof(FatMessageSql).GetProperties().OrderBy(property => property.Name, StringComparer.Ordinal))
            yield return $"{property.Name}: {property.GetValue(sql)}";
        yield return $"Delete: {Statement(sql.Delete(["m1", "m2"]))}";
        yield return $"End: {Statement(sql.End(["m1", "m2"]))}";
    }

    private static IEnumerable<string> KeyLines()
    {
        var keys = new RedisKeys("fat");
        yield return $"group: {keys.Group(Gid)}";
        yield return $"inbox: {keys.Inbox(Stock)}";
        yield return $"resolve: {keys.Resolve(Service)}";
        yield return $"open: {keys.Open(Service)}";
        yield return $"open databases: {keys.OpenDatabases(Service)}";
        yield return $"instances: {keys.Instances}";
        yield return $"topics: {keys.Topics}";
        yield return $"topic: {keys.Topic(Service)}";
        yield return $"services with ended groups: {keys.PastServices}";
        yield return $"records of ended groups: {keys.PastGroups(Service)}";
        foreach (var outcome in Enum.GetValues<PastOutcome>())
            yield return $"ended groups: {keys.Past(Service, outcome)}";
        yield return $"counts of an hour: {keys.Count(Service, PastStep.Hour, 490_000)}";
        yield return $"counts of a minute: {keys.Count(Service, PastStep.Minute, 29_400_000)}";
        yield return $"status: {keys.Status(Stock)}";
    }

    /// <summary>Of every script the comment at its head and every line that names a key or an argument.</summary>
    private static IEnumerable<string> ScriptHeads()
    {
        const string Prefix = "Fat.Scripts.";
        foreach (var name in typeof(RedisKeys).Assembly.GetManifestResourceNames().Where(name => name.StartsWith(Prefix, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(typeof(RedisKeys).Assembly.GetManifestResourceStream(name)!);
            var lines = reader.ReadToEnd().ReplaceLineEndings("\n").Split('\n');
            var head = lines.TakeWhile(line => line.StartsWith("--", StringComparison.Ordinal)).Count();
            yield return $"{name[Prefix.Length..]}:";
            foreach (var line in lines.Where((line, i) => i < head || line.Contains("KEYS", StringComparison.Ordinal) || line.Contains("ARGV", StringComparison.Ordinal)))
                yield return "  " + line.Trim();
        }
    }

    private static ScriptCalls ScriptCalls()
    {
        var calls = new ScriptCalls();
        var groups = new RedisGroupScripts(new RedisKeys("fat"));
        var services = new RedisServiceScripts(new RedisKeys("fat"));
        var registration = new ScopeRegistration(Gid, Scope, Stock, "POST /take", 1, null, Root, Database, TimeSpan.FromMilliseconds(2500));
        calls.Add("register", database => groups.RegisterAsync(database, registration));
        calls.Add("register", database => groups.RegisterAsync(database, registration with { Trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" }));
        calls.Add("vote", database => groups.VoteAsync(database, new ScopeVotes(Gid, Scope, Stock, Root, [Prepared, ReadOnly, Pending], Closed: true, [Below])));
        calls.Add("abort", database => groups.AbortAsync(database, Gid, Root, Reason));
        calls.Add("seal", database => groups.SealAsync(database, new GroupSeal(Gid, Root, [Prepared.Id, ReadOnly.Id], [Scope.Call, Below])));
        calls.Add("publish", database => groups.PublishAsync(database, Gid, Committed));
        calls.Add("publish", database => groups.PublishAsync(database, Gid, DecisionRecord.RolledBack));
        calls.Add("decide", database => groups.DecideAsync(database, Gid, Committed));
        calls.Add("done", database => groups.DoneAsync(database, Gid, [Prepared.Id, ReadOnly.Id]));
        calls.Add("read", database => groups.ReadAsync(database, [Gid]));
        calls.Add("fates", database => groups.FatesAsync(database, [Gid]));
        calls.Add("push", database => services.PushAsync(database, Stock, [new InboxMessage.Ready(Gid, [])]));
        calls.Add("index", database => services.IndexAsync(database, Service, [new OpenGroup(Gid, Database, TimeSpan.FromMilliseconds(2500))]));
        calls.Add("unindex", database => services.UnindexAsync(database, Service, [Gid]));
        calls.Add("overdue", database => services.OverdueAsync(database, Service, 256));
        calls.Add("open", database => services.OpenAsync(database, Service, 100, 50));
        calls.Add("heartbeat", database => services.HeartbeatAsync(database, Stock));
        calls.Add("since", database => services.SinceAsync(database, [Root, Stock]));
        return calls;
    }

    private static ScriptCalls QueueCalls()
    {
        var calls = new ScriptCalls();
        var queues = new RedisQueueScripts(new RedisKeys("fat"));
        var (hold, second) = (new WorkHold("w1", 7), TimeSpan.FromSeconds(1));
        calls.Add("queue-put", database => queues.PutAsync(database, Queue, [new WorkItem("w1", "body"), new WorkItem("w2", "body") { Key = "key", Delay = second }]));
        calls.Add("queue-take", database => queues.TakeAsync(database, Queue, Stock, 16, second));
        calls.Add("queue-renew", database => queues.RenewAsync(database, Queue, [hold], second));
        calls.Add("queue-end", database => queues.EndAsync(database, Queue, [.. Enum.GetValues<WorkOutcome>().Select(outcome => new WorkEnd(hold, outcome))]));
        calls.Add("queue-end", database => queues.EndAsync(database, Queue, [new WorkEnd(hold, WorkOutcome.Failed) { Delay = second, Reason = "why", Body = "body" }]));
        calls.Add("queue-read", database => queues.ReadAsync(database, Queue, ["w1", "w2"]));
        calls.Add("queue-count", database => queues.CountAsync(database, Queue));
        calls.Add("queue-retry", database => queues.RetryAsync(database, Queue, "w1"));
        calls.Add("queue-remove", database => queues.RemoveAsync(database, Queue, "w1"));
        return calls;
    }

    private static ScriptCalls MessageCalls()
    {
        var calls = new ScriptCalls();
        var messages = new RedisMessageScripts(new RedisKeys("fat"));
        var second = TimeSpan.FromSeconds(1);
        calls.Add("message-prepare", database => messages.PrepareAsync(database, Service, Message, Origin, second));
        calls.Add("message-submit", database => messages.SubmitAsync(database, Service, [new SubmittedMessage(Message, Origin with { Database = null }, ["01", "02"]), new SubmittedMessage(Message, Origin, [])]));
        calls.Add("message-cancel", database => messages.CancelAsync(database, Service, Message, "no row"));
        calls.Add("message-tell", database => messages.TellAsync(
            database, Service, [.. Enum.GetValues<BranchState>().Select(state => new BranchNews(Message, "01", state, 2, "why") { Fence = 1_800_000_000_000_000 })], second));
        calls.Add("message-read", database => messages.ReadAsync(database, Service, [Message]));
        calls.Add("message-overdue", database => messages.OverdueAsync(database, Service, 16, second));
        calls.Add("subscribe", database => messages.SubscribeAsync(database, Service, Database));
        calls.Add("unsubscribe", database => messages.UnsubscribeAsync(database, Service, Database));
        return calls;
    }

    private static ScriptCalls HistoryCalls()
    {
        var calls = new ScriptCalls();
        var history = new RedisHistoryScripts(new RedisKeys("fat"));
        var now = PastPlace.Time(1_763_769_600_123_456);
        var group = new PastGroup(Gid, Root, PastOutcome.RolledBack, "POST /orders", now.AddMilliseconds(-20), now, 3, Reason);
        var branch = new PastBranch(Gid, Root, Prepared.Id, Stock)
        {
            Method = "StockService.Take",
            Database = Database,
            Vote = Vote.Prepared,
            Decision = Decision.RolledBack,
            Enlisted = now.AddMilliseconds(-15),
            Voted = now.AddMilliseconds(-10),
            Finished = now.AddMicroseconds(1),
            Failure = "It was stopped.",
        };
        calls.Add("past-tell", database => history.TellAsync(
            database, Service, [group, new PastSettlement(Gid, InstanceId.Unknown(Service), Decision.Committed, now), branch], own: true, 10_000, now));
        calls.Add("past-list", database => history.ListAsync(database, Service, new PastQuery(null, now, now.AddHours(1), group.Place, 50), now));
        calls.Add("past-list", database => history.ListAsync(database, Service, new PastQuery(PastOutcome.Committed, null, null, null, 50), now));
        calls.Add("past-service", database => history.TellServiceAsync(database, Service));
        calls.Add("past-services", history.ServicesAsync);
        calls.Add("status", database => history.TellStatusAsync(database, Stock, "{}"));
        calls.Add("alive", database => history.AliveAsync(database, TimeSpan.FromMinutes(1)));
        return calls;
    }

    private static IEnumerable<string> MessageLines() =>
    [
        RedisMessages.Write(new InboxMessage.Ready(Gid, [])),
        RedisMessages.Write(new InboxMessage.AbortAsked(Gid, Reason)),
        RedisMessages.Write(new InboxMessage.Decided(Gid, Committed)),
        RedisMessages.Write(new InboxMessage.Decided(Gid, DecisionRecord.RolledBack)),
        RedisMessages.Write(new InboxMessage.Work(Queue)),
        RedisMessages.Write(new ResolveRequest(Gid, Database, Stock, TimeSpan.FromSeconds(7))),
    ];

    private static void Section(StringBuilder text, string title, IEnumerable<string> lines)
    {
        text.Append("# ").Append(title).Append('\n');
        foreach (var line in lines)
            text.Append(line.ReplaceLineEndings("\n")).Append('\n');
        text.Append('\n');
    }
}
