using Fat.Coordination;
using Fat.Protocol;
using Fat.Registry;
using Fat.Testing.Data;
using Fat.Testing.Hosting;

namespace Fat.Testing.Records;

/// <summary>Keeps a record of every group of a cluster, from what its processes and databases tell. Thread-safe.</summary>
internal sealed class GroupBook(TimeProvider time) : IServerWatch
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, GroupRecord> _groups = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private readonly HashSet<string> _forgotten = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The groups in the order in which they began.</summary>
    public IReadOnlyList<FatTestGroup> All
    {
        get
        {
            lock (_gate)
                return [.. _groups.Values.OrderBy(group => group.Began).Select(group => new FatTestGroup(group))];
        }
    }

    /// <summary>What happened to no group in particular.</summary>
    public IReadOnlyList<string> Notes
    {
        get
        {
            lock (_gate)
                return [.. _notes];
        }
    }

    /// <summary>Ends with the next change.</summary>
    public Task Changed
    {
        get
        {
            lock (_gate)
                return _changed.Task;
        }
    }

    public void Forget()
    {
        lock (_gate)
        {
            _forgotten.UnionWith(_groups.Keys);
            _groups.Clear();
            _notes.Clear();
        }
    }

    /// <summary>A process is there, and from now on has a name.</summary>
    public void Started(Incarnation process, string instance)
    {
        lock (_gate)
            _names[instance] = process.Name;
        Noted($"{process.Name} starts");
    }

    /// <summary>What was not voted on there is rolled back, with its connections.</summary>
    public void Killed(Incarnation process, string? instance)
    {
        lock (_gate)
        {
            _notes.Add($"{process.Name} is killed");
            foreach (var group in _groups.Values.Where(group => !group.IsOver))
            {
                Note(group, process.Name, "is killed");
                if (group.RootInstance == instance)
                    group.RootInstance = null;
                Presume(group);
            }

            Change();
        }
    }

    public void Noted(string text)
    {
        lock (_gate)
        {
            _notes.Add(text);
            foreach (var group in _groups.Values.Where(group => !group.IsOver))
                Note(group, string.Empty, text);
            Change();
        }
    }

    public void Struck(FatTestFault fault, Incarnation process, IReadOnlyList<string> groups) => On(groups, group => Note(group, process.Name, $"is struck by {fault.Name}"));

    public void Entered(Scope scope) => On(scope.Group, group =>
    {
        if (scope is RootScope)
        {
            (group.Service, group.Method, group.RootInstance) = (scope.Node.Service.Text, scope.Request.Name, scope.Node.Instance.Text);
            Note(group, Name(scope.Node.Instance), $"begins the group in {scope.Request.Name}");
        }
        else
        {
            Note(group, Name(scope.Node.Instance), $"is called, and enters {scope.Request.Name}");
        }
    });

    public void Happened(Scope scope, GroupEvent happened)
    {
        var text = happened switch
        {
            GroupEvent.CallBegan call => $"calls {call.Target}",
            GroupEvent.CallAnswered call => $"gets the answer of call {call.Call}",
            GroupEvent.CallFailed call => $"finds call {call.Call} failed: {call.Reason.Reason}",
            GroupEvent.AbortAsked abort => $"asks for a roll back: {abort.Reason.Reason}",
            GroupEvent.Deciding => "writes the decision",
            GroupEvent.DecisionWritten { Result: DecisionResult.Unknown } => "does not know whether the decision is written",
            _ => null,
        };
        var reason = (happened as GroupEvent.AbortAsked)?.Reason ?? (happened as GroupEvent.CallFailed)?.Reason;
        if (text is null)
            return;
        On(scope.Group, group =>
        {
            if (scope is RootScope)
                group.Abort ??= reason;
            Note(group, Name(scope.Node.Instance), text);
        });
    }

    public void Began(Branch branch) => On(branch.Scope.Group, group =>
    {
        var node = branch.Scope.Node;
        var record = Of(group, branch.Id.Text, node.Service.Text);
        (record.Method, record.Database) = (branch.Method, branch.Database.Text);
        Note(group, Name(node.Instance), $"begins {branch.Method} on '{branch.Database}'");
    });

    public void Voted(Incarnation process, GroupId gid, BranchId id, Vote vote) => On(gid, group =>
    {
        var branch = Of(group, id.Text, process.Service.Name);
        branch.Vote = vote switch { Vote.Prepared => FatVote.Prepared, Vote.ReadOnly => FatVote.ReadOnly, Vote.Joined => FatVote.Joined, _ => FatVote.Pending };
        if (vote == Vote.ReadOnly && branch.State != FatTestState.Committed)
            branch.State = FatTestState.ReadOnly;
        else if (vote == Vote.Prepared && branch.State == FatTestState.Running)
            branch.State = FatTestState.Prepared;
        Note(group, process.Name, vote == Vote.ReadOnly ? $"has written nothing in {branch.Method}" : $"votes for {branch.Method}: it can commit");
    });

    public void Told(Incarnation process, PastEntry entry) => On(entry.Gid, group =>
    {
        switch (entry)
        {
            case PastGroup ended:
                group.Method = ended.Method;
                group.Abort ??= ended.Abort;
                group.Outcome = ended.Outcome switch { PastOutcome.Committed => FatOutcome.Committed, PastOutcome.RolledBack => FatOutcome.RolledBack, _ => FatOutcome.InDoubt };
                if (ended.Outcome != PastOutcome.InDoubt)
                    Decide(group, ended.Outcome == PastOutcome.Committed, null);
                Note(group, process.Name, $"tells its caller: {Word(group.Outcome.Value)}");
                break;
            case PastSettlement settled:
                Decide(group, settled.Decision == Decision.Committed, $"{process.Name} finds what is decided");
                break;
            case PastBranch branch:
                Ended(group, branch);
                break;
        }
    });

    public void Published(Incarnation process, GroupId gid, Decision decision) => On(gid, group =>
    {
        Decide(group, decision == Decision.Committed, null);
        Note(group, process.Name, $"publishes the decision: {Word(decision == Decision.Committed)}");
    });

    public void Decided(GroupId gid, Decision decision, string text) => On(gid, group => Decide(group, decision == Decision.Committed, text));

    void IServerWatch.Prepared(MemoryServer server, Work work)
    {
        if (work.Branch is not { } branch)
            return;
        On(branch.Gid, group =>
        {
            Of(group, branch.Id.Text, group.Service).State = FatTestState.Prepared;
            Note(group, string.Empty, $"database '{server.Name}' prepares branch {branch.Id}");
        });
    }

    void IServerWatch.Ended(MemoryServer server, Work work, bool committed, MemoryDbException? failure)
    {
        foreach (var row in work.Decisions)
        {
            if (committed && row.Op == FatBarrierSql.DecisionOp)
                On([row.Gid], group => Decide(group, row.Reason == "committed", $"database '{server.Name}' has the decision: {Word(row.Reason == "committed")}"));
        }

        if (work.Branch is not { } key)
            return;
        On(key.Gid, group =>
        {
            var branch = Of(group, key.Id.Text, group.Service);
            if (committed && branch.State == FatTestState.Running && work.HasWritten && branch.Service == group.Service)
                Decide(group, committed: true, null);
            branch.State = failure is not null ? FatTestState.Lost : !committed ? FatTestState.RolledBack : work.HasWritten ? FatTestState.Committed : FatTestState.ReadOnly;
            Note(group, string.Empty, $"database '{server.Name}' {(committed ? "commits" : "rolls back")} branch {key.Id} ({branch.Method})");
            if (failure is not null)
                Note(group, string.Empty, $"database {failure.Message}");
            Presume(group);
        });
    }

    private void Ended(GroupRecord group, PastBranch told)
    {
        var branch = Of(group, told.Id.Text, told.Instance.Service.Text);
        if (told.Method.Length > 0)
            branch.Failure ??= told.Failure;
        if (branch.IsOver)
            return;
        branch.State = told switch
        {
            { Decision: Decision.Committed, Finished: not null } => FatTestState.Committed,
            { Decision: Decision.RolledBack, Finished: not null } => FatTestState.RolledBack,
            { Vote: Vote.ReadOnly } => FatTestState.ReadOnly,
            { Decision: not null } => FatTestState.Lost,
            { Failure: not null } => FatTestState.RolledBack,
            _ => branch.State,
        };
        if (told.Failure is not null)
            Note(group, Name(told.Instance), $"fails in {branch.Method}: {told.Failure}");
    }

    /// <summary>The first decision stays. A root that has lost its memory decides nothing any more.</summary>
    private void Decide(GroupRecord group, bool committed, string? text)
    {
        if (group.Decision is not null)
            return;
        group.Decision = committed ? FatDecision.Committed : FatDecision.RolledBack;
        if (text is not null)
            Note(group, string.Empty, text);
    }

    /// <summary>The root is gone, nobody has decided, and nothing is left that could commit.</summary>
    private static void Presume(GroupRecord group)
    {
        if (group is { RootInstance: null, Decision: null } && group.Branches.Values.All(branch => branch.IsOver && branch.State != FatTestState.Committed))
            group.Decision = FatDecision.RolledBack;
    }

    private static BranchRecord Of(GroupRecord group, string id, string service) =>
        group.Branches.TryGetValue(id, out var known) ? known : group.Branches[id] = new BranchRecord(id, service);

    private string Name(InstanceId instance) => _names.GetValueOrDefault(instance.Text, instance.Service.Text);

    private void Note(GroupRecord group, string service, string text) => group.Events.Add(new FatTestEvent(time.GetElapsedTime(group.Began), service, text));

    private void On(GroupId gid, Action<GroupRecord> happens) => On([gid.ToString()], happens);

    private void On(IReadOnlyList<string> gids, Action<GroupRecord> happens)
    {
        lock (_gate)
        {
            foreach (var gid in gids.Where(gid => !_forgotten.Contains(gid)))
            {
                if (!_groups.TryGetValue(gid, out var group))
                    group = _groups[gid] = new GroupRecord(gid, time.GetTimestamp());
                happens(group);
            }

            Change();
        }
    }

    private void Change()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private static string Word(FatOutcome outcome) => outcome switch { FatOutcome.Committed => "committed", FatOutcome.RolledBack => "rolled back", _ => "in doubt" };

    private static string Word(bool committed) => committed ? "committed" : "rolled back";
}
