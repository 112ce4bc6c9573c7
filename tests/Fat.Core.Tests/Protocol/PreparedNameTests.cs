using System.Text;
using Fat.Protocol;
using Fat.Resources;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Protocol;

/// <summary>The names of prepared transactions: recovery reads everything it needs from them.</summary>
public sealed class PreparedNameTests
{
    [Fact]
    public void A_name_is_read_back() =>
        Any.Holds(Any.Prepared, name => PreparedName.TryParse(name.ToString(), out var read) && read == name);

    [Fact]
    public void What_is_accepted_has_one_spelling() =>
        Any.Holds(
            Any.Damaged(Any.Prepared.Select(name => name.ToString())),
            text => !PreparedName.TryParse(text, out var name) || name.ToString() == text,
            3000);

    [Fact]
    public void The_longest_of_every_part_fits_into_PostgreSQLs_200_bytes()
    {
        var longest = FatName.Parse(new string('a', FatName.MaxLength), "name");
        Assert.True(CallId.TryParse(new string('9', CallId.MaxLength), out var call));
        var name = new PreparedName(new GroupId(Guid.AllBitsSet), ScopeId.New(call).Branch(9999), longest, longest);

        // 200 with the terminating zero.
        Assert.InRange(Encoding.UTF8.GetByteCount(name.ToString()), 150, 199);
        Assert.True(PreparedName.TryParse(name.ToString(), out var read));
        Assert.Equal(name, read);
    }

    [Fact]
    public void No_generated_name_is_longer_than_200_bytes() =>
        Any.Holds(Any.Prepared, name => Encoding.UTF8.GetByteCount(name.ToString()) < 200);

    [Theory]
    [InlineData("")]
    [InlineData("fat:")]
    [InlineData("someone_elses")]
    [InlineData("fat:0198f0aa-0000-7000-8000-0000000000aa:0-0000000a-1:orders")]
    [InlineData("fat:0198f0aa-0000-7000-8000-0000000000aa:0-0000000a-1:orders:main:more")]
    [InlineData("FAT:0198f0aa-0000-7000-8000-0000000000aa:0-0000000a-1:orders:main")]
    [InlineData("fat:0198f0aa-0000-7000-8000-0000000000zz:0-0000000a-1:orders:main")]
    [InlineData("fat:0198f0aa-0000-7000-8000-0000000000aa:0-0000000a:orders:main")]
    [InlineData("fat:0198f0aa-0000-7000-8000-0000000000aa:0-0000000a-1::main")]
    [InlineData("fat:0198f0aa-0000-7000-8000-0000000000aa:0-0000000a-1:orders:")]
    public void Somebody_elses_prepared_transaction_is_left_alone(string text) => Assert.False(PreparedName.TryParse(text, out _));

    [Fact]
    public void Text_that_is_refused_throws_nothing_and_leaves_no_name() =>
        Any.Holds(Any.AwkwardText, text => PreparedName.TryParse(PreparedName.Prefix + text, out var name) == name is not null);
}
