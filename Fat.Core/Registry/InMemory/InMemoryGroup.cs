using System.Collections.Immutable;
using Fat.Protocol;

namespace Fat.Registry.InMemory;

/// <summary>The record of one group. Not thread-safe: the store's lock guards it.</summary>
internal sealed class InMemoryGroup
{
    private readonly Dictionary<CallId, ScopeId> _owners = [];
    private readonly Dictionary<ScopeId, ScopeView> _scopes = [];
    private readonly Dictionary<BranchId, BranchVote> _branches = [];
    private readonly HashSet<BranchId> _done = [];
    private InstanceId? _root;
    private FatName? _database;
    private TimeSpan? _deadline;
    private AbortReason? _abort;
    private string? _trace;
    private DecisionRecord? _decision;
    private GroupSeal? _seal;

    /// <summary>When the record vanishes.</summary>
    public TimeSpan ExpiresAt { get; private set; }

    /// <returns>False when another scope owns the call; nothing is recorded then.</returns>
    public bool Register(ScopeRegistration registration, TimeSpan now)
    {
        _root ??= registration.RootInstance;
        _database ??= registration.DecisionDatabase;
        _deadline ??= now + registration.Remaining;
        _trace ??= registration.Trace;
        Keep(now);
        if (!Owns(registration.Scope))
            return false;
        var known = _scopes.GetValueOrDefault(registration.Scope);
        _scopes[registration.Scope] = new ScopeView(
            registration.Scope, registration.Instance, registration.Name, registration.ServiceCount, registration.LocalTransactionCount, known?.Closed);
        return true;
    }

    public void Vote(ScopeVotes votes, TimeSpan now)
    {
        _root ??= votes.RootInstance;
        foreach (var branch in votes.Branches)
            Vote(branch);
        if (Owns(votes.Scope))
        {
            if (!_scopes.TryGetValue(votes.Scope, out var scope))
                scope = new ScopeView(votes.Scope, votes.Instance, Name: string.Empty, null, null, Closed: null);
            _scopes[votes.Scope] = votes.Closed && scope.Closed is null
                ? scope with { Closed = new ClosedScope([.. votes.Branches.Select(branch => branch.Id)], votes.PendingCalls) }
                : scope;
        }

        Keep(now);
    }

    public void AskAbort(InstanceId root, AbortReason reason, TimeSpan now)
    {
        if (_decision is not null)
            return;
        _root ??= root;
        _abort ??= reason;
        Keep(now);
    }

    public void Seal(GroupSeal seal, TimeSpan now)
    {
        _root ??= seal.RootInstance;
        _seal = seal;
        Keep(now);
    }

    /// <summary>The first decision stays and is returned.</summary>
    public DecisionRecord Publish(DecisionRecord decision, TimeSpan now) => Decide(decision, RegistryLifetimes.Committed, now);

    /// <summary>Commits only what the root has registered: a record that was lost and came back by a vote is not the whole group.</summary>
    public DecisionRecord Decide(DecisionRecord proposal, TimeSpan now) =>
        Decide(_owners.ContainsKey(CallId.Root) ? proposal : DecisionRecord.RolledBack, RegistryLifetimes.CommittedHere, now);

    public void Done(IEnumerable<BranchId> branches, TimeSpan now)
    {
        _done.UnionWith(branches);
        ExpireSoonWhenDone(now);
    }

    /// <summary>Everything that the sealed group waits for is here, as far as the registry knows.</summary>
    public bool IsReady()
    {
        if (_seal is null || _decision is not null)
            return false;
        foreach (var missing in _seal.MissingVotes)
        {
            if (!_branches.TryGetValue(missing, out var branch) || branch.IsMissing)
                return false;
        }

        return PendingCallsHaveClosed(_seal.PendingCalls)
            && _branches.Values.All(branch => !branch.IsMissing || IsNotAwaited(branch.Id));
    }

    public GroupSnapshot Snapshot(TimeSpan now) => new()
    {
        Decision = _decision,
        Abort = _abort,
        RootInstance = _root,
        DecisionDatabase = _database,
        Seal = _seal is null ? null : new SealView(_seal.MissingVotes, _seal.PendingCalls),
        Remaining = _deadline - now,
        Trace = _trace,
        Scopes = [.. _scopes.Values.OrderBy(scope => scope.Id.Text, StringComparer.Ordinal)],
        Branches =
        [
            .. _branches.Values.OrderBy(branch => branch.Id.Text, StringComparer.Ordinal)
                .Select(branch => new BranchView(branch, _done.Contains(branch.Id))),
        ],
    };

    private DecisionRecord Decide(DecisionRecord decision, TimeSpan kept, TimeSpan now)
    {
        if (_decision is not null)
            return _decision;
        _decision = decision.Decision == Protocol.Decision.RolledBack ? DecisionRecord.RolledBack : decision;
        ExpiresAt = now + (_decision.Decision == Protocol.Decision.RolledBack ? RegistryLifetimes.RolledBack : kept);
        foreach (var branch in _decision.Branches)
            Vote(branch);
        ExpireSoonWhenDone(now);
        return _decision;
    }

    private bool Owns(ScopeId scope)
    {
        _owners.TryAdd(scope.Call, scope);
        return _owners[scope.Call] == scope;
    }

    /// <summary>A vote never goes back.</summary>
    private void Vote(BranchVote branch)
    {
        if (!_branches.TryGetValue(branch.Id, out var known) || known.IsMissing)
            _branches[branch.Id] = branch;
    }

    private bool PendingCallsHaveClosed(ImmutableArray<CallId> calls)
    {
        var seen = new HashSet<CallId>();
        var open = new Stack<CallId>(calls);
        while (open.TryPop(out var call))
        {
            if (!seen.Add(call))
                continue;
            if (!_owners.TryGetValue(call, out var owner) || !_scopes.TryGetValue(owner, out var scope) || scope.Closed is not { } closed)
                return false;
            foreach (var below in closed.PendingCalls)
                open.Push(below);
        }

        return true;
    }

    /// <summary>A pending branch that holds nothing up unless the seal names it: the root knows its own, and a duplicate's never counts.</summary>
    private bool IsNotAwaited(BranchId branch) =>
        branch.Scope.Call.IsRoot || (_owners.TryGetValue(branch.Scope.Call, out var owner) && owner != branch.Scope);

    private void Keep(TimeSpan now)
    {
        if (_decision is not null)
            return;
        var from = _deadline > now ? _deadline.Value : now;
        ExpiresAt = from + RegistryLifetimes.OpenGrace;
    }

    private void ExpireSoonWhenDone(TimeSpan now)
    {
        if (_decision is not { Decision: Protocol.Decision.Committed } committed)
            return;
        var soon = now + RegistryLifetimes.Done;
        if (soon < ExpiresAt && committed.Branches.All(branch => _done.Contains(branch.Id)))
            ExpiresAt = soon;
    }
}
