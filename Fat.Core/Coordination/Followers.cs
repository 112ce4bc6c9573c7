using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>What happens in this process when a transaction has ended. Apart from the method's frame, so that a branch that waits for its decision keeps nothing else of the method alive. Not thread-safe but for <see cref="Ended"/>.</summary>
internal sealed class Followers
{
    private List<Action<Decision>>? _actions;

    public void Add(Action<Decision> action) => (_actions ??= []).Add(action);

    /// <summary>The transaction has ended, and whoever looks sees that; the first time counts.</summary>
    public void Ended(Decision decision)
    {
        foreach (var action in Interlocked.Exchange(ref _actions, null) ?? [])
            action(decision);
    }
}
