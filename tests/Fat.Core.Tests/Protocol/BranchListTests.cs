using Fat.Protocol;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Protocol;

/// <summary>Branches as text, in replies and in decision rows.</summary>
public sealed class BranchListTests
{
    [Fact]
    public void A_list_is_read_back() =>
        Any.Holds(Any.Branches, branches => BranchList.Parse(BranchList.Format(branches)) is { } read && read.SequenceEqual(branches));

    [Fact]
    public void No_branches_are_no_text()
    {
        Assert.Empty(BranchList.Format([]));
        Assert.Empty(BranchList.Parse(string.Empty)!.Value);
    }

    [Fact]
    public void Branches_stand_together_by_instance()
    {
        var text = BranchList.Format([
            Sample.Prepared("1-0000000a-1"),
            new BranchVote(Sample.Branch("2-0000000b-1"), Sample.Here, Vote.Pending),
            Sample.ReadOnly("1-0000000a-2")]);

        Assert.Equal("stock~0000000000bb=1-0000000a-1:p,1-0000000a-2:r|orders~0000000000aa=2-0000000b-1:w", text);
    }

    [Theory]
    [InlineData("stock~0000000000bb")]
    [InlineData("stock~0000000000bb=")]
    [InlineData("stock~0000000000bb=1-0000000a-1")]
    [InlineData("stock~0000000000bb=1-0000000a-1:")]
    [InlineData("stock~0000000000bb=1-0000000a-1:x")]
    [InlineData("stock~0000000000bb=1-0000000a-1:p,")]
    [InlineData("stock~0000000000bb=:p")]
    [InlineData("stock=1-0000000a-1:p")]
    [InlineData("=1-0000000a-1:p")]
    public void A_malformed_list_is_refused_whole(string text) => Assert.Null(BranchList.Parse(text));

    [Fact]
    public void Damaged_text_is_refused_or_read_but_never_throws() =>
        Any.Asserts(Any.Damaged(Any.Branches.Select(branches => BranchList.Format(branches))), text => BranchList.Parse(text), 2000);

    [Fact]
    public void Any_text_is_refused_or_read_but_never_throws() => Any.Asserts(Any.AwkwardText, text => BranchList.Parse(text));
}
