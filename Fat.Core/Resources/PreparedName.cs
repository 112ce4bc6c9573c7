using System.Diagnostics.CodeAnalysis;
using Fat.Protocol;

namespace Fat.Resources;

/// <summary>
/// The name of a prepared transaction, which says all that recovery needs:
/// <c>fat:{gid}:{branch}:{root service}:{decision database}</c>. At most 200 bytes, as PostgreSQL requires.
/// </summary>
internal sealed record PreparedName(GroupId Gid, BranchId Branch, FatName RootService, FatName DecisionDatabase)
{
    public const string Prefix = "fat:";

    public static bool TryParse(string text, [NotNullWhen(true)] out PreparedName? name)
    {
        name = null;
        var parts = text.Split(':');
        if (parts is not ["fat", var gid, var branch, var service, var database])
            return false;
        if (!GroupId.TryParse(gid, out var group) || !BranchId.TryParse(branch, out var id) ||
            !FatName.TryParse(service, out var root) || !FatName.TryParse(database, out var decision))
            return false;
        name = new PreparedName(group, id, root, decision);
        return true;
    }

    public override string ToString() => $"{Prefix}{Gid}:{Branch}:{RootService}:{DecisionDatabase}";
}
