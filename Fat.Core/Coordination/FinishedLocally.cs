using System.Collections.Concurrent;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>
/// Groups that never left this process and whose branches have all committed: their decision rows can go without asking the
/// registry (rule S7). Lost with the process; recovery then asks the databases. Thread-safe.
/// </summary>
internal sealed class FinishedLocally
{
    private readonly ConcurrentQueue<GroupId> _groups = new();

    public void Add(GroupId gid) => _groups.Enqueue(gid);

    public IReadOnlyList<GroupId> Take(int most)
    {
        var taken = new List<GroupId>();
        while (taken.Count < most && _groups.TryDequeue(out var gid))
            taken.Add(gid);
        return taken;
    }
}
