using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

/// <summary>A group of a root and any number of children, with ids of its own, so tests share a server.</summary>
internal sealed class GroupSample
{
    public static readonly TimeSpan Life = TimeSpan.FromSeconds(30);

    public GroupId Gid { get; } = GroupId.New(TimeProvider.System.GetUtcNow());

    public InstanceId Root { get; } = NewInstance("orders");

    public ScopeId RootScope { get; } = ScopeId.New(CallId.Root);

    public static FatName Database { get; } = FatName.Parse("main", "database name");

    public static InstanceId NewInstance(string service) => InstanceId.New(FatName.Parse(service, "service name"));

    /// <summary>A service that no other test uses.</summary>
    public static FatName NewService() => FatName.Parse("s" + Guid.NewGuid().ToString("N"), "service name");

    public static CallId Call(string text) => CallId.TryParse(text, out var call) ? call : throw new ArgumentException(text, nameof(text));

    public ScopeRegistration Registration(
        ScopeId scope, InstanceId instance, string name = "POST /things", int? calls = null, int? transactions = null, TimeSpan? remaining = null) =>
        new(Gid, scope, instance, name, calls, transactions, Root, Database, remaining ?? Life);

    public ScopeRegistration RootRegistration(TimeSpan? remaining = null) => Registration(RootScope, Root, "POST /orders", 2, 1, remaining);

    public ScopeVotes Votes(ScopeId scope, InstanceId instance, params BranchVote[] branches) =>
        new(Gid, scope, instance, Root, [.. branches], Closed: false, []);

    public ScopeVotes Closing(ScopeId scope, InstanceId instance, IEnumerable<CallId> pending, params BranchVote[] branches) =>
        new(Gid, scope, instance, Root, [.. branches], Closed: true, [.. pending]);

    public GroupSeal Seal(IEnumerable<BranchId> missing, params CallId[] pending) => new(Gid, Root, [.. missing], [.. pending]);

    public static DecisionRecord Commit(params BranchVote[] branches) => new(Decision.Committed, [.. branches]);
}

/// <summary>A scope below the root with one branch.</summary>
internal sealed class ChildSample(string call, string service = "stock")
{
    public ScopeId Scope { get; } = ScopeId.New(GroupSample.Call(call));

    public InstanceId Instance { get; } = GroupSample.NewInstance(service);

    public BranchVote Open => Voting(Vote.Pending);

    public BranchVote Prepared => Voting(Vote.Prepared);

    public BranchId Branch => Scope.Branch(1);

    public BranchVote Voting(Vote vote) => new(Branch, Instance, vote);
}
