using Fat.Protocol;
using Fat.Registry;

namespace Fat.Coordination;

/// <summary>
/// What happens to a branch, for the history: told when it is over, once. Each word comes from whoever has the branch at that time, one after the other.
/// </summary>
internal sealed class BranchTimeline
{
    private const int LongestFailure = 300;

    private readonly HistoryRecorder _recorder;
    private readonly TimeProvider _time;
    private readonly GroupId _gid;
    private readonly InstanceId _root;
    private readonly BranchId _id;
    private readonly string _method;
    private readonly FatName _database;
    private readonly DateTimeOffset _enlisted;
    private readonly long _began;
    private long? _voted;
    private long? _decided;
    private long? _finished;
    private Vote _vote = Vote.Pending;
    private Decision? _decision;
    private string? _failure;
    private int _told;

    public BranchTimeline(HistoryRecorder recorder, TimeProvider time, Scope scope, Branch branch)
    {
        _recorder = recorder;
        _time = time;
        _gid = scope.Group;
        _root = scope.RootInstance;
        _id = branch.Id;
        _method = branch.Method;
        _database = branch.Database;
        _enlisted = time.GetUtcNow();
        _began = time.GetTimestamp();
    }

    public void Voted(Vote vote)
    {
        _vote = vote;
        _voted = _time.GetTimestamp();
        _recorder.Voted(_gid, _id, vote);
    }

    /// <summary>The decision has reached this process; the first time counts.</summary>
    public void Decided() => _decided ??= _time.GetTimestamp();

    /// <summary>It has obeyed, or needed no decision.</summary>
    public void Finished(Decision? decision)
    {
        if (decision is not null)
            Decided();
        Tell(_time.GetTimestamp(), decision, null);
    }

    public void Failed(string failure) => Tell(_time.GetTimestamp(), null, failure);

    /// <summary>It could not obey and is lost.</summary>
    public void Lost(Decision decision, string failure) => Tell(null, decision, failure);

    /// <summary>Nobody here knows what becomes of it.</summary>
    public void Unknown() => Tell(null, null, null);

    public PastBranch Past(InstanceId instance) => new(_gid, _root, _id, instance)
    {
        Method = _method,
        Database = _database,
        Vote = _vote,
        Decision = _decision,
        Enlisted = _enlisted,
        Voted = At(_voted),
        Decided = At(_decided),
        Finished = At(_finished),
        Failure = _failure is { Length: > LongestFailure } ? AbortReason.Of(string.Empty, string.Empty, _failure).Shortened(LongestFailure).Reason : _failure,
    };

    private void Tell(long? finished, Decision? decision, string? failure)
    {
        if (Interlocked.Exchange(ref _told, 1) != 0)
            return;
        (_finished, _decision, _failure) = (finished, decision, failure);
        _recorder.Tell(this);
    }

    private DateTimeOffset? At(long? timestamp) => timestamp is { } known ? _enlisted + _time.GetElapsedTime(_began, known) : null;
}
