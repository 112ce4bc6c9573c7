using System.Collections.Immutable;
using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// What a group's script answers: a flag, the server's time and the hash, or what it tells of the fate. What cannot be read in the hash is left out: it is
/// unknown, which is always allowed (rule S6).
/// </summary>
internal sealed class RedisGroupReply
{
    private readonly Dictionary<string, string> _fields;
    private readonly long _now;

    private RedisGroupReply(bool flag, long now, Dictionary<string, string> fields)
    {
        Flag = flag;
        _now = now;
        _fields = fields;
    }

    public bool Flag { get; }

    public static RedisGroupReply Of(RedisResult result)
    {
        var parts = (RedisResult[])result!;
        var pairs = (RedisValue[])parts[2]!;
        var fields = new Dictionary<string, string>(pairs.Length / 2, StringComparer.Ordinal);
        for (var index = 0; index + 1 < pairs.Length; index += 2)
            fields[pairs[index]!] = pairs[index + 1]!;
        return new RedisGroupReply((long)parts[0] == 1, (long)parts[1], fields);
    }

    /// <summary>The record, or null when there is none.</summary>
    public GroupSnapshot? Find() => _fields.Count == 0 ? null : Snapshot();

    public GroupFate Fate() => new(Decision(), Abort());

    public GroupSnapshot Snapshot()
    {
        var scopes = ImmutableArray.CreateBuilder<ScopeView>();
        var branches = ImmutableArray.CreateBuilder<BranchView>();
        foreach (var (field, value) in _fields)
        {
            if (Id(field, "scope:") is { } scopeText)
            {
                if (ScopeId.TryParse(scopeText, out var id)
                    && RedisScopeText.TryParse(id, value, _fields.GetValueOrDefault("closed:" + scopeText), out var scope))
                {
                    scopes.Add(scope);
                }
            }
            else if (Id(field, "branch:") is { } branchText
                && BranchId.TryParse(branchText, out var id) && RedisText.TryParseValue(id, value, out var branch))
            {
                branches.Add(new BranchView(branch, _fields.ContainsKey("done:" + branchText)));
            }
        }

        // The hash has no order.
        scopes.Sort((one, other) => string.CompareOrdinal(one.Id.Text, other.Id.Text));
        branches.Sort((one, other) => string.CompareOrdinal(one.Branch.Id.Text, other.Branch.Id.Text));
        return new GroupSnapshot
        {
            Decision = Decision(),
            Abort = Abort(),
            RootInstance = InstanceId.TryParse(_fields.GetValueOrDefault("root"), out var root) ? root : null,
            DecisionDatabase = FatName.TryParse(_fields.GetValueOrDefault("database"), out var database) ? database : null,
            Seal = Seal(),
            Remaining = long.TryParse(_fields.GetValueOrDefault("deadline"), out var deadline) ? TimeSpan.FromMilliseconds(deadline - _now) : null,
            Trace = _fields.GetValueOrDefault("trace"),
            Scopes = scopes.ToImmutable(),
            Branches = branches.ToImmutable(),
        };
    }

    private static string? Id(string field, string prefix) => field.StartsWith(prefix, StringComparison.Ordinal) ? field[prefix.Length..] : null;

    private DecisionRecord? Decision()
    {
        if (!RedisText.TryParse(_fields.GetValueOrDefault("decision"), out var decision))
            return null;
        if (decision == Protocol.Decision.RolledBack)
            return DecisionRecord.RolledBack;
        return RedisText.ParseSet(_fields.GetValueOrDefault("set")) is { } branches ? new DecisionRecord(decision, branches) : null;
    }

    private SealView? Seal() => _fields.ContainsKey("sealed")
        ? new SealView(Ids<BranchId>("missing", BranchId.TryParse), Ids<CallId>("pending", CallId.TryParse))
        : null;

    private ImmutableArray<T> Ids<T>(string field, TryParse<T> parse)
    {
        var ids = ImmutableArray.CreateBuilder<T>();
        foreach (var text in (_fields.GetValueOrDefault(field) ?? string.Empty).Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            if (parse(text, out var id))
                ids.Add(id);
        }

        return ids.ToImmutable();
    }

    private delegate bool TryParse<T>(string? text, out T id);

    private AbortReason? Abort() =>
        _fields.TryGetValue("abort.service", out var service)
            ? new AbortReason(service, _fields.GetValueOrDefault("abort.method") ?? string.Empty, _fields.GetValueOrDefault("abort.reason") ?? string.Empty)
            : null;
}
