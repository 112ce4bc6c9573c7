using Fat.Context;
using Fat.Core.Tests.Protocol;
using Fat.Protocol;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Context;

/// <summary>However long a reason is and whatever it is written in, the field that carries it fits, and what is left can be read.</summary>
public sealed class LongReasonTests
{
    private const char Replacement = '\ufffd';

    public static TheoryData<string> Letters => ["x", ";", "é", "票", "😀", "x😀", "票😀", "\ud83d"];

    [Theory]
    [MemberData(nameof(Letters))]
    public void A_reason_of_any_length_fits_into_the_field(string letter)
    {
        foreach (var length in (int[])[1, 100, 455, 910, 999, 1000, 1001, 5000, 100_000])
            Fits(AbortReason.Of(Repeat(letter, 60), Repeat(letter, length), Repeat(letter, length)));
    }

    [Theory]
    [MemberData(nameof(Letters))]
    public void A_reason_that_came_from_elsewhere_and_was_never_cut_fits_as_well(string letter)
    {
        foreach (var length in (int[])[100, 1000, 10_000])
            Fits(new AbortReason(Repeat(letter, length), Repeat(letter, length), Repeat(letter, length)));
    }

    [Fact]
    public void A_reason_of_1000_plain_characters_arrives_whole()
    {
        var text = new string('x', AbortReason.MaxLength);

        Assert.Equal(text, Sent(AbortReason.Of("stock", "Take", text)).Reason);
    }

    [Fact]
    public void A_longer_reason_ends_with_an_ellipsis_and_keeps_its_beginning()
    {
        var reason = AbortReason.Of("stock", "Take", new string('x', AbortReason.MaxLength + 1));

        Assert.Equal(AbortReason.MaxLength, reason.Reason.Length);
        Assert.Equal(new string('x', AbortReason.MaxLength - 1) + "…", reason.Reason);
    }

    [Theory]
    [InlineData("😀")]
    [InlineData("x😀")]
    [InlineData("票😀")]
    public void A_pair_of_surrogates_is_kept_or_cut_whole(string letters)
    {
        foreach (var length in (int[])[300, 600, 999, 1000, 1001, 1002, 2000])
        {
            var reason = AbortReason.Of("stock", Repeat(letters, length), Repeat(letters, length));
            Assert.DoesNotContain(Replacement, WellFormed(reason.Reason));
            Assert.DoesNotContain(Replacement, WellFormed(reason.Method));
            var sent = Sent(reason);
            Assert.DoesNotContain(Replacement, sent.Reason);
            Assert.DoesNotContain(Replacement, sent.Method);
        }
    }

    [Fact]
    public void What_arrives_of_a_long_reason_is_its_beginning() => Any.Holds(
        from start in Gen.Elements(string.Empty, "x", "票", "é;")
        from letters in Gen.Elements("票", "😀", "x票😀", ";")
        from length in Gen.Choose(1, 3000)
        select start + Repeat(letters, length),
        text =>
        {
            var sent = Sent(AbortReason.Of("stock", "Take", text)).Reason;
            return text.StartsWith(sent.TrimEnd('…'), StringComparison.Ordinal) && sent.Length >= Math.Min(text.Length, 200);
        });

    private static void Fits(AbortReason reason)
    {
        var text = new RemoteReply.Failed(reason).Format();

        Assert.InRange(text.Length, 1, FatRemoteFields.MaxLength);
        Assert.True(RemoteReply.TryParse(text, out var reply));
        Assert.IsType<RemoteReply.Failed>(reply);
    }

    private static AbortReason Sent(AbortReason reason)
    {
        Assert.True(RemoteReply.TryParse(new RemoteReply.Failed(reason).Format(), out var reply));
        return Assert.IsType<RemoteReply.Failed>(reply).Reason;
    }

    private static string Repeat(string letters, int length) => string.Concat(Enumerable.Repeat(letters, length / letters.Length));

    private static string WellFormed(string text) => System.Text.Encoding.UTF8.GetString(System.Text.Encoding.UTF8.GetBytes(text));
}
