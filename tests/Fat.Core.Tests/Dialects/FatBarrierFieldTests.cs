namespace Fat.Core.Tests.Dialects;

/// <summary>What names a branch, and what cannot: a barrier's fields come from strangers.</summary>
public sealed class FatBarrierFieldTests
{
    private static readonly string Id = new('i', 128);
    private static readonly string Name = new('n', 45);

    [Fact]
    public void Fields_may_be_as_long_as_their_columns()
    {
        var barrier = new FatBarrier(Name, Id, Id, Name);

        Assert.Equal((Name, Id, Id, Name), (barrier.TransType, barrier.Gid, barrier.BranchId, barrier.Op));
    }

    [Theory]
    [InlineData("", "g", "01", "action", "transType")]
    [InlineData("fat", "g", "01", "action", "transType")]
    [InlineData("saga", "", "01", "action", "gid")]
    [InlineData("saga", "g ", "01", "action", "gid")]
    [InlineData("saga", "g\0", "01", "action", "gid")]
    [InlineData("saga", "gé", "01", "action", "gid")]
    [InlineData("saga", "g", "", "action", "branchId")]
    [InlineData("saga", "g", "0 1", "action", "branchId")]
    [InlineData("saga", "g", "01", "", "op")]
    [InlineData("saga", "g", "01", "held", "op")]
    [InlineData("saga", "g", "00", "decision", "op")]
    [InlineData("saga", "g", "00", "forced", "op")]
    public void What_cannot_be_a_branch_or_is_one_of_Fats_own_is_refused(string transType, string gid, string branchId, string op, string parameter)
    {
        Assert.Equal(parameter, Assert.Throws<ArgumentException>(() => new FatBarrier(transType, gid, branchId, op)).ParamName);
        Assert.False(TryParse(transType, gid, branchId, op));
    }

    [Fact]
    public void What_is_too_long_would_be_cut_and_is_refused()
    {
        Assert.False(TryParse(Name + "n", "g", "01", "action"));
        Assert.False(TryParse("saga", Id + "i", "01", "action"));
        Assert.False(TryParse("saga", "g", Id + "i", "action"));
        Assert.False(TryParse("saga", "g", "01", Name + "n"));
    }

    [Fact]
    public void What_is_missing_is_no_exception()
    {
        Assert.False(FatBarrier.TryParse(_ => null, out var none));
        Assert.Null(none);
        Assert.True(TryParse("saga", "g", "01", "action"));
    }

    [Fact]
    public void A_table_without_a_name_is_refused() => Assert.Throws<ArgumentException>(() => new FatBarrier("saga", "g", "01", "action", " "));

    private static bool TryParse(string transType, string gid, string branchId, string op) => FatBarrier.TryParse(
        name => name switch
        {
            "trans_type" => transType,
            "gid" => gid,
            "branch_id" => branchId,
            "op" => op,
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, "Not one of DTM's."),
        },
        out _);
}
