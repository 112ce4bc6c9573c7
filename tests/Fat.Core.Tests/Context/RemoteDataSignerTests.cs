using System.Collections.ObjectModel;
using Fat.Context;
using Fat.Core.Tests.Protocol;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Context;

/// <summary>The request fields: who may join a group, and who may not.</summary>
public sealed class RemoteDataSignerTests
{
    private const string Key = "sixteen characters";

    private static readonly RemoteDataSigner Open = new(null);
    private static readonly RemoteDataSigner Signing = new(Key);

    [Fact]
    public void What_is_written_is_read()
    {
        Any.Holds(Fields.Contexts, context => Open.Read(Open.Write(context)) == context);
        Any.Holds(Fields.Contexts, context => Signing.Read(Signing.Write(context)) == context);
    }

    [Fact]
    public void Without_a_key_nothing_is_signed() => Assert.Equal(FatRemoteFields.Context, Assert.Single(Open.Write(Fields.Context)).Key);

    [Fact]
    public void No_fields_and_fields_of_others_are_a_root()
    {
        Assert.Null(Signing.Read(null));
        Assert.Null(Signing.Read(ReadOnlyDictionary<string, string>.Empty));
        Assert.Null(Signing.Read(new Dictionary<string, string>(StringComparer.Ordinal) { ["traceparent"] = "00-1-2-3" }));
        Assert.Null(Signing.Read(new Dictionary<string, string>(StringComparer.Ordinal) { [FatRemoteFields.Signature] = "ab" }));
    }

    [Fact]
    public void An_empty_context_is_malformed_and_no_root() => Refused(Open, Fields.Of(string.Empty), "its version is not 1");

    [Theory]
    [InlineData("Fat-Context", "Fat-Signature")]
    [InlineData("FAT-CONTEXT", "FAT-SIGNATURE")]
    public void The_case_of_field_names_does_not_matter(string context, string signature)
    {
        var written = Signing.Write(Fields.Context);
        var received = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["Accept"] = "*/*",
            [context] = written[FatRemoteFields.Context],
            [signature] = written[FatRemoteFields.Signature],
        };

        Assert.Equal(Fields.Context, Signing.Read(received));
    }

    [Fact]
    public void A_field_of_8192_characters_is_looked_at_and_a_longer_one_is_not()
    {
        Refused(Open, Fields.Of(new string('1', FatRemoteFields.MaxLength)), "its version is not 1");
        Refused(Open, Fields.Of(new string('1', FatRemoteFields.MaxLength + 1)), "has 8193 characters; 8192 are allowed");
        Refused(Signing, Fields.Of(new string('1', FatRemoteFields.MaxLength + 1)), "has 8193 characters; 8192 are allowed");
    }

    [Fact]
    public void A_missing_signature_is_refused_where_a_key_is_set() =>
        Refused(Signing, Open.Write(Fields.Context), "requires a signature (Fat:SigningKey)");

    [Fact]
    public void A_signature_is_ignored_where_no_key_is_set() => Assert.Equal(Fields.Context, Open.Read(Signing.Write(Fields.Context)));

    [Fact]
    public void Another_services_key_is_refused() =>
        Refused(Signing, new RemoteDataSigner(Key + "!").Write(Fields.Context), "Fat:SigningKey differ, or the request was altered");

    [Fact]
    public void A_key_that_is_accepted_beside_the_own_one_is_as_good_and_does_not_sign()
    {
        const string Next = "the next key of sixteen";
        var changing = new RemoteDataSigner(Key, [Next, Key]);

        Assert.Equal(Fields.Context, changing.Read(new RemoteDataSigner(Next).Write(Fields.Context)));
        Assert.Equal(Fields.Context, Signing.Read(changing.Write(Fields.Context)));
        Refused(new RemoteDataSigner(Next), changing.Write(Fields.Context), "does not fit");
        Refused(changing, new RemoteDataSigner("another key of sixteen").Write(Fields.Context), "does not fit");
        Refused(changing, Open.Write(Fields.Context), "is not signed");
    }

    [Theory]
    [InlineData("")]
    [InlineData("0")]
    [InlineData("not a signature")]
    [InlineData("票\ud83d")]
    public void Something_else_in_place_of_a_signature_is_refused(string signature) =>
        Refused(Signing, Fields.Of(Fields.Text, signature), "does not fit");

    [Fact]
    public void A_signature_with_one_character_changed_is_refused()
    {
        var signature = Signing.Write(Fields.Context)[FatRemoteFields.Signature];
        for (var i = 0; i < signature.Length; i++)
        {
            var changed = string.Concat(signature.AsSpan(0, i), signature[i] == '0' ? "1" : "0", signature.AsSpan(i + 1));
            Refused(Signing, Fields.Of(Fields.Text, changed), "does not fit");
        }
    }

    [Theory]
    [InlineData(0, 63)]
    [InlineData(0, 0)]
    [InlineData(1, 63)]
    public void A_part_of_a_signature_is_refused(int start, int length) =>
        Refused(Signing, Fields.Of(Fields.Text, Signing.Write(Fields.Context)[FatRemoteFields.Signature].Substring(start, length)), "does not fit");

    [Fact]
    public void A_context_that_was_altered_is_refused_before_it_is_read() =>
        Any.Asserts(Any.Damaged(Fields.Contexts.Select(context => context.Format())), text =>
        {
            if (text != Fields.Text)
                Refused(Signing, Fields.Of(text, Signing.Write(Fields.Context)[FatRemoteFields.Signature]), "does not fit");
        });

    [Fact]
    public void A_signature_is_64_hexadecimal_digits_that_depend_on_every_part()
    {
        var signature = Signing.Write(Fields.Context)[FatRemoteFields.Signature];

        Assert.Matches("^[0-9a-f]{64}$", signature);
        Assert.NotEqual(signature, Signing.Write(Fields.Context with { Remaining = TimeSpan.Zero })[FatRemoteFields.Signature], StringComparer.Ordinal);
    }

    [Fact]
    public void A_request_of_any_text_is_a_context_or_a_remote_data_error() =>
        Any.Holds(
            from context in Gen.OneOf(Any.AwkwardText, Any.Damaged(Fields.Contexts.Select(context => context.Format())))
            from signature in Any.AwkwardText
            select (context, signature),
            request => Quiet(Open, request) && Quiet(Signing, request),
            1000);

    private static bool Quiet(RemoteDataSigner signer, (string Context, string Signature) request)
    {
        try
        {
            return signer.Read(Fields.Of(request.Context, request.Signature)) is not null;
        }
        catch (FatRemoteDataException)
        {
            return true;
        }
    }

    private static void Refused(RemoteDataSigner signer, IReadOnlyDictionary<string, string> fields, string reason) =>
        Assert.Contains(reason, Assert.Throws<FatRemoteDataException>(() => signer.Read(fields)).Message, StringComparison.Ordinal);
}
