using Fat.Context;
using Fat.Core.Tests.Protocol;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Context;

/// <summary>What a call carries.</summary>
public sealed class RemoteContextTests
{
    [Fact]
    public void A_context_is_read_back() =>
        Any.Holds(Fields.Contexts, context => RemoteContext.TryParse(context.Format(), out var read, out _) && read == context);

    [Fact]
    public void Every_part_is_read()
    {
        Assert.Equal(Fields.Gid, Fields.Context.Gid.ToString());
        Assert.Equal("2.1", Fields.Context.Call.Text);
        Assert.Equal("orders~0000000000aa", Fields.Context.Root.Text);
        Assert.Equal("main", Fields.Context.DecisionDatabase.Text);
        Assert.Equal(TimeSpan.FromSeconds(2.5), Fields.Context.Remaining);
        Assert.Equal(Fields.Text, Fields.Context.Format());
    }

    [Fact]
    public void Parts_of_milliseconds_are_not_carried() =>
        Assert.EndsWith(";1", (Fields.Context with { Remaining = TimeSpan.FromTicks(19_999) }).Format(), StringComparison.Ordinal);

    [Theory]
    [InlineData("", "its version is not 1")]
    [InlineData("2;x", "its version is not 1")]
    [InlineData(" 1;a;b;c;d;e", "its version is not 1")]
    [InlineData("1", "it has 1 parts instead of 6")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main", "it has 5 parts instead of 6")]
    [InlineData(Fields.Text + ";", "it has 7 parts instead of 6")]
    [InlineData("1;;2.1;orders~0000000000aa;main;2500", "the group id is not a UUID")]
    [InlineData("1;" + Fields.Gid + "0;2.1;orders~0000000000aa;main;2500", "the group id is not a UUID")]
    [InlineData("1;00000000-0000-0000-0000-000000000000;2.1;orders~0000000000aa;main;2500", "the group id is not a UUID")]
    [InlineData("1;" + Fields.Gid + ";;orders~0000000000aa;main;2500", "the call id is not a path")]
    [InlineData("1;" + Fields.Gid + ";2..1;orders~0000000000aa;main;2500", "the call id is not a path")]
    [InlineData("1;" + Fields.Gid + ";0;orders~0000000000aa;main;2500", "the call id is not a path")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders;main;2500", "the root instance is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000AA;main;2500", "the root instance is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;;2500", "the decision database is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main db;2500", "the decision database is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main;", "the time left is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main;-1", "the time left is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main;1.5", "the time left is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main;+5", "the time left is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main; 5", "the time left is not")]
    [InlineData("1;" + Fields.Gid + ";2.1;orders~0000000000aa;main;99999999999", "the time left is not")]
    public void A_malformed_context_is_refused_with_a_reason(string text, string reason)
    {
        Assert.False(RemoteContext.TryParse(text, out var context, out var problem));
        Assert.Null(context);
        Assert.StartsWith(reason, problem, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_context_is_read_as_it_stands_or_refused_with_a_reason() =>
        Any.Holds(
            Any.Damaged(Fields.Contexts.Select(context => context.Format())),
            text => RemoteContext.TryParse(text, out var context, out var problem)
                ? context.Format().Length <= text.Length && problem is null
                : context is null && problem.Length > 0,
            3000);

    [Fact]
    public void Any_text_is_refused_with_a_reason() =>
        Any.Holds(Any.AwkwardText, text => !RemoteContext.TryParse("1;" + text, out var context, out var problem) && context is null && problem.Length > 0);
}
