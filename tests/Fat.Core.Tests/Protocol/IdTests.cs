using Fat.Protocol;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Protocol;

/// <summary>Ids and names as text: what is written is read back, and what is read is written back as it was.</summary>
public sealed class IdTests
{
    [Fact]
    public void A_group_id_is_read_back() =>
        Any.Holds(Any.Group, id => GroupId.TryParse(id.ToString(), out var read) && read == id);

    [Fact]
    public void A_name_is_read_back() =>
        Any.Holds(Any.Name, name => FatName.TryParse(name.Text, out var read) && read == name);

    [Fact]
    public void An_instance_id_is_read_back() =>
        Any.Holds(Any.Instance, id => InstanceId.TryParse(id.Text, out var read) && read == id);

    [Fact]
    public void A_call_id_is_read_back() =>
        Any.Holds(Any.Call, id => CallId.TryParse(id.Text, out var read) && read == id);

    [Fact]
    public void A_scope_id_is_read_back_with_its_call() =>
        Any.Holds(Any.Scope, id => ScopeId.TryParse(id.Text, out var read) && read == id && read.Call == id.Call);

    [Fact]
    public void A_branch_id_is_read_back_with_its_scope() =>
        Any.Holds(Any.Branch, id => BranchId.TryParse(id.Text, out var read) && read == id && read.Scope == id.Scope);

    [Fact]
    public void What_is_accepted_as_a_group_id_has_one_spelling() =>
        Any.Holds(Any.Damaged(Any.Group.Select(id => id.ToString())), text => !GroupId.TryParse(text, out var id) || id.ToString() == text, 3000);

    [Fact]
    public void What_is_accepted_as_an_instance_id_has_one_spelling() =>
        Any.Holds(Any.Damaged(Any.Instance.Select(id => id.Text)), text => !InstanceId.TryParse(text, out var id) || id.Text == text, 3000);

    [Fact]
    public void What_is_accepted_as_a_branch_id_has_one_spelling() =>
        Any.Holds(Any.Damaged(Any.Branch.Select(id => id.Text)), text => !BranchId.TryParse(text, out var id) || id.Text == text, 3000);

    [Fact]
    public void Text_that_is_refused_throws_nothing_and_leaves_no_id() =>
        Any.Holds(Any.AwkwardText, text =>
            (GroupId.TryParse(text, out var group) || group == default)
            && (FatName.TryParse(text, out var name) || name == default)
            && (InstanceId.TryParse(text, out var instance) || instance == default)
            && (CallId.TryParse(text, out var call) || call == default)
            && (ScopeId.TryParse(text, out var scope) || scope == default)
            && (BranchId.TryParse(text, out var branch) || branch == default));

    [Fact]
    public void Nothing_is_not_an_id()
    {
        Assert.False(GroupId.TryParse(null, out _));
        Assert.False(FatName.TryParse(null, out _));
        Assert.False(InstanceId.TryParse(null, out _));
        Assert.False(CallId.TryParse(null, out _));
        Assert.False(ScopeId.TryParse(null, out _));
        Assert.False(BranchId.TryParse(null, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("00000000-0000-0000-0000-000000000000")]
    [InlineData("0198f0aa0000700080000000000000aa")]
    [InlineData("{0198f0aa-0000-7000-8000-0000000000aa}")]
    [InlineData("0198F0AA-0000-7000-8000-0000000000AA")]
    [InlineData(" 0198f0aa-0000-7000-8000-0000000000aa ")]
    public void A_group_id_is_a_lower_case_UUID_and_not_the_empty_one(string text) => Assert.False(GroupId.TryParse(text, out _));

    [Fact]
    public void A_new_group_id_sorts_by_the_time_of_its_group()
    {
        var time = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var earlier = GroupId.New(time).ToString();
        var later = GroupId.New(time.AddMilliseconds(1)).ToString();

        Assert.True(string.CompareOrdinal(earlier, later) < 0, $"{earlier} sorts before {later}");
        Assert.Equal('7', earlier[14]);
    }

    [Theory]
    [InlineData("")]
    [InlineData("two words")]
    [InlineData("a:b")]
    [InlineData("a;b")]
    [InlineData("a~b")]
    [InlineData("{a}")]
    [InlineData("é")]
    public void A_name_holds_nothing_that_separates(string text) => Assert.False(FatName.TryParse(text, out _));

    [Fact]
    public void A_name_has_at_most_40_characters()
    {
        Assert.True(FatName.TryParse(new string('a', 40), out _));
        Assert.False(FatName.TryParse(new string('a', 41), out _));
    }

    [Fact]
    public void A_bad_name_is_refused_with_what_it_names_and_what_is_allowed()
    {
        var error = Assert.Throws<FatConfigurationException>(() => FatName.Parse("my service", "service name"));

        Assert.Contains("'my service' is not a valid service name", error.Message, StringComparison.Ordinal);
        Assert.Contains("1 to 40 of", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders")]
    [InlineData("~0123456789ab")]
    [InlineData("orders~0123456789a")]
    [InlineData("orders~0123456789abc")]
    [InlineData("orders~0123456789AB")]
    [InlineData("orders~0123456789ag")]
    [InlineData("or ders~0123456789ab")]
    public void An_instance_id_is_a_name_a_tilde_and_twelve_hexadecimal_digits(string text) => Assert.False(InstanceId.TryParse(text, out _));

    [Fact]
    public void Two_new_instances_of_a_service_differ_and_name_it()
    {
        var service = FatName.Parse("orders", "service name");
        var one = InstanceId.New(service);

        Assert.NotEqual(one, InstanceId.New(service));
        Assert.Equal(service, one.Service);
        Assert.True(InstanceId.TryParse(one.Text, out _));
    }

    [Fact]
    public void Two_executions_of_a_call_are_two_scopes()
    {
        var one = ScopeId.New(Sample.Call("2.1"));

        Assert.NotEqual(one, ScopeId.New(Sample.Call("2.1")));
        Assert.Equal("2.1", one.Call.Text);
        Assert.True(ScopeId.TryParse(one.Text, out _));
    }

    [Theory]
    [InlineData("")]
    [InlineData("2.1")]
    [InlineData("-0000000a")]
    [InlineData("2.1-0000000")]
    [InlineData("2.1-0000000A")]
    [InlineData("2.1~0000000a")]
    public void A_scope_id_is_a_call_id_and_eight_hexadecimal_digits(string text) => Assert.False(ScopeId.TryParse(text, out _));

    [Theory]
    [InlineData("0-0000000a-0")]
    [InlineData("0-0000000a-10000")]
    [InlineData("0-0000000a-01")]
    [InlineData("0-0000000a-+1")]
    [InlineData("0-0000000a-")]
    [InlineData("0-0000000a")]
    [InlineData("-1")]
    public void A_branch_id_is_a_scope_id_and_a_number_up_to_9999(string text) => Assert.False(BranchId.TryParse(text, out _));

    [Theory]
    [InlineData(-1)]
    [InlineData(0)]
    [InlineData(10_000)]
    public void A_branch_that_recovery_could_not_read_cannot_be_made(int number) =>
        Assert.Throws<InvalidOperationException>(() => Sample.Scope("0-0000000a").Branch(number));

    [Fact]
    public void An_id_that_was_never_made_has_no_text_and_says_so()
    {
        Assert.Throws<InvalidOperationException>(() => default(FatName).Text);
        Assert.Throws<InvalidOperationException>(() => default(InstanceId).Text);
        Assert.Throws<InvalidOperationException>(() => default(CallId).Text);
        Assert.Throws<InvalidOperationException>(() => default(ScopeId).Text);
        Assert.Throws<InvalidOperationException>(() => default(BranchId).Text);
    }
}
