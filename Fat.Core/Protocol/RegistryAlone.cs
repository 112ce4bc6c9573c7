namespace Fat.Protocol;

/// <summary>
/// What a root would do without rule S2: once every scope in the registry has voted, what is registered is the whole group, whatever
/// the replies have told. Wrong as soon as the registry loses a write; only for the torture run, which has to notice.
/// </summary>
internal static class RegistryAlone
{
    public static GroupState Believe(GroupState state, GroupSnapshot snapshot)
    {
        var others = snapshot.Branches.Select(view => view.Branch).Where(branch => !branch.Id.Scope.Call.IsRoot).ToList();
        var voted = others.Where(branch => !branch.IsMissing).Select(branch => branch.Id.Scope).ToHashSet();
        if (state.Phase != GroupPhase.Waiting || voted.Count == 0 || others.Exists(branch => branch.IsMissing)
            || snapshot.Scopes.Any(scope => !scope.Id.Call.IsRoot && !voted.Contains(scope.Id)))
        {
            return state;
        }

        var own = state.Branches.Where(branch => branch.Key.Scope.Call.IsRoot);
        return state with
        {
            Calls = state.Calls.SetItems(state.Calls.Values.Select(call => KeyValuePair.Create(call.Id, call with { Answered = true }))),
            Branches = state.Branches.Clear().AddRange(own).AddRange(others.Select(branch => KeyValuePair.Create(branch.Id, branch))),
        };
    }
}
