using Fat.Coordination;
using Fat.Protocol;
using Fat.Registry;
using Fat.Testing.Data;
using Fat.Testing.Hosting;

namespace Fat.Testing.Records;

/// <summary>Lets the book hear of what happens in one process. One that was killed tells nothing more.</summary>
internal sealed class BookWatch(Incarnation process, GroupBook book) : GroupWatch
{
    public override void Entered(Scope scope) => Tell(() => book.Entered(scope));

    public override void Happened(Scope scope, GroupEvent happened) => Tell(() => book.Happened(scope, happened));

    public override void Began(Branch branch)
    {
        // Read where the branch's transaction begins.
        new BranchKey(branch.Scope.Group, branch.Id).Begins();
        Tell(() => book.Began(branch));
    }

    public override void Voted(GroupId gid, BranchId branch, Vote vote) => Tell(() => book.Voted(process, gid, branch, vote));

    public override void Told(PastEntry entry) => Tell(() => book.Told(process, entry));

    private void Tell(Action tell)
    {
        if (!process.IsKilled)
            tell();
    }
}
