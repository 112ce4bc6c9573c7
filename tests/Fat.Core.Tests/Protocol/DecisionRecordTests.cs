using Fat.Protocol;

namespace Fat.Core.Tests.Protocol;

/// <summary>What a decision means for one branch.</summary>
public sealed class DecisionRecordTests
{
    private static readonly DecisionRecord Committed = new(Decision.Committed, [Sample.Prepared("1-0000000a-1"), Sample.Prepared("2-0000000b-1")]);

    [Fact]
    public void A_branch_of_the_set_commits()
    {
        Assert.Equal(Decision.Committed, Committed.For(Sample.Branch("1-0000000a-1")));
        Assert.Equal(Decision.Committed, Committed.For(Sample.Branch("2-0000000b-1")));
    }

    [Fact]
    public void A_branch_outside_of_the_set_rolls_back_though_the_group_commits() =>
        Assert.Equal(Decision.RolledBack, Committed.For(Sample.Branch("1-0000000a-2")));

    [Fact]
    public void A_duplicates_branch_rolls_back_though_its_call_commits() =>
        Assert.Equal(Decision.RolledBack, Committed.For(Sample.Branch("1-0000000c-1")));

    [Fact]
    public void Nobody_commits_in_a_group_that_is_rolled_back_even_when_it_is_named()
    {
        var record = Committed with { Decision = Decision.RolledBack };

        Assert.Equal(Decision.RolledBack, record.For(Sample.Branch("1-0000000a-1")));
        Assert.Equal(Decision.RolledBack, DecisionRecord.RolledBack.For(Sample.Branch("1-0000000a-1")));
    }
}
