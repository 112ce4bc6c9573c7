using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Registry;

public abstract partial class GroupRegistryContract
{
    [Fact]
    public async Task The_first_reason_stays_and_the_root_is_told_it()
    {
        var group = new GroupSample();
        var first = new AbortReason("stock", "Reserve", "out of stock");
        await Registry.RegisterAsync(group.RootRegistration(), Cancellation);

        var asked = await Registry.AskAbortAsync(group.Gid, group.Root, first, Cancellation);
        var later = await Registry.AskAbortAsync(group.Gid, group.Root, new AbortReason("accounts", "Debit", "no funds"), Cancellation);

        Assert.Equal(first, asked.Abort);
        Assert.Equal(first, later.Abort);
        Assert.Equal(first, (await ReadKnownAsync(group)).Abort);
        var told = new InboxMessage.AbortAsked(group.Gid, first);
        Assert.Equal([told, told], await InboxAsync(group.Root));
    }

    [Theory]
    [InlineData("")]
    [InlineData("nicht genügend Bestand – 库存不足 😀🏽 \u0001\u007f\u200b\u2028")]
    [InlineData("line one\nline \"two\"\r\n\t\\ {0} %s ${x} \0 end ")]
    public async Task A_reason_may_be_any_text(string text)
    {
        var group = new GroupSample();
        var reason = new AbortReason("stock", text, text);

        var after = await Registry.AskAbortAsync(group.Gid, group.Root, reason, Cancellation);

        Assert.Equal(reason, after.Abort);
        Assert.Equal([new InboxMessage.AbortAsked(group.Gid, reason)], await InboxAsync(group.Root));
    }

    [Fact]
    public async Task A_reason_may_be_as_long_as_reasons_get()
    {
        var group = new GroupSample();
        var reason = AbortReason.Of("stock", "Reserve", new string('失', 5000));

        var after = await Registry.AskAbortAsync(group.Gid, group.Root, reason, Cancellation);

        Assert.Equal(reason, after.Abort);
    }

    [Fact]
    public async Task An_abort_makes_up_for_a_lost_record()
    {
        var group = new GroupSample();
        var reason = new AbortReason("stock", "Reserve", "out of stock");

        await Registry.AskAbortAsync(group.Gid, group.Root, reason, Cancellation);

        var read = await ReadKnownAsync(group);
        Assert.Equal(reason, read.Abort);
        Assert.Equal(group.Root, read.RootInstance);
        Assert.Null(read.Decision);
    }

    [Fact]
    public async Task An_abort_comes_too_late_for_a_decided_group()
    {
        var group = new GroupSample();
        var child = new ChildSample("1");
        await Registry.PublishAsync(group.Gid, GroupSample.Commit(child.Prepared), Cancellation);

        var after = await Registry.AskAbortAsync(group.Gid, group.Root, new AbortReason("stock", "Reserve", "late"), Cancellation);

        Assert.Null(after.Abort);
        Assert.Equal(Decision.Committed, after.Decision!.Decision);
        Assert.Empty(await InboxAsync(group.Root));
    }
}
