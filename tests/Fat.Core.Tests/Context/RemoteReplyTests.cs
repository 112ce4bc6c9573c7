using Fat.Context;
using Fat.Core.Tests.Protocol;
using Fat.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Context;

/// <summary>What a called scope tells its caller.</summary>
public sealed class RemoteReplyTests
{
    private static readonly Gen<RemoteReply.Answered> Answers =
        from scope in Any.Scope
        from pending in Gen.Choose(0, 3).SelectMany(count => Any.Call.ListOf(count))
        from branches in Any.Branches
        select new RemoteReply.Answered(scope, [.. pending], branches);

    [Fact]
    public void An_answer_is_read_back() => Any.Holds(Answers, answer =>
        RemoteReply.TryParse(answer.Format(), out var reply)
        && reply is RemoteReply.Answered read
        && read.Scope == answer.Scope
        && read.PendingCalls.SequenceEqual(answer.PendingCalls)
        && read.Branches.SequenceEqual(answer.Branches));

    [Fact]
    public void An_endpoint_that_takes_no_part_says_so()
    {
        Assert.True(RemoteReply.TryParse(FatRemoteFields.NotAParticipant, out var reply));
        Assert.IsType<RemoteReply.NotAParticipant>(reply);
        Assert.Equal(FatRemoteFields.NotAParticipant, reply.Format());
    }

    [Theory]
    [InlineData("Out of stock.")]
    [InlineData("a;b,c=d|e:f%3B\r\n\"\0")]
    [InlineData("")]
    [InlineData("在庫がありません 😀")]
    public void A_reason_arrives_as_it_was_told(string text)
    {
        var reason = AbortReason.Of("stock", "POST /items/{id}", text);

        Assert.True(RemoteReply.TryParse(new RemoteReply.Failed(reason).Format(), out var reply));
        Assert.Equal(reason, Assert.IsType<RemoteReply.Failed>(reply).Reason);
    }

    [Fact]
    public void A_reply_is_one_line_of_plain_ASCII() => Any.Holds(
        from service in Any.AwkwardText
        from method in Any.AwkwardText
        from reason in Any.AwkwardText
        select new RemoteReply.Failed(AbortReason.Of(service, method, reason)).Format(),
        text => text.All(letter => letter is > ' ' and < '\x7f') && RemoteReply.TryParse(text, out _));

    [Theory]
    [InlineData("")]
    [InlineData("1")]
    [InlineData("1;")]
    [InlineData("1;maybe")]
    [InlineData("2;none")]
    [InlineData("1;none;more")]
    [InlineData("1;None")]
    [InlineData("1;failed;stock;Take")]
    [InlineData("1;failed;stock;Take;reason;more")]
    [InlineData("1;ok;2-0000000a")]
    [InlineData("1;ok;2-0000000a;")]
    [InlineData("1;ok;;;")]
    [InlineData("1;ok;2;;")]
    [InlineData("1;ok;2-0000000a;x;")]
    [InlineData("1;ok;2-0000000a;;x")]
    [InlineData("1;ok;2-0000000a;;stock~0000000000bb=2-0000000a-1:x")]
    [InlineData("1;ok;2-0000000a;;;")]
    public void A_malformed_reply_is_refused_whole(string text)
    {
        Assert.False(RemoteReply.TryParse(text, out var reply));
        Assert.Null(reply);
    }

    [Fact]
    public void A_reply_of_more_than_8192_characters_is_refused()
    {
        const string Start = "1;failed;stock;Take;";

        Assert.True(RemoteReply.TryParse(Start + new string('x', FatRemoteFields.MaxLength - Start.Length), out _));
        Assert.False(RemoteReply.TryParse(Start + new string('x', FatRemoteFields.MaxLength - Start.Length + 1), out _));
    }

    [Fact]
    public void A_damaged_reply_is_read_or_refused_and_never_throws() =>
        Any.Holds(Any.Damaged(Answers.Select(answer => answer.Format())), text => RemoteReply.TryParse(text, out var reply) == reply is not null, 3000);

    [Fact]
    public void Any_text_after_failed_is_a_failure_or_refused_and_never_throws() =>
        Any.Holds(Any.AwkwardText, text => RemoteReply.TryParse("1;failed;" + text, out var reply) == reply is not null);
}
