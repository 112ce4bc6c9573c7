using System.Collections.Immutable;
using Fat.Protocol;
using Fat.Resources;
using FsCheck;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Protocol;

/// <summary>Generators of valid protocol values, up to the longest, and the way properties are checked.</summary>
internal static class Any
{
    private const string NameLetters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-";
    private const string Hex = "0123456789abcdef";

    public static Gen<GroupId> Group { get; } = Letters(Hex, 32).Select(hex => new GroupId(Guid.ParseExact(hex, "N")));

    public static Gen<FatName> Name { get; } = Gen.Choose(1, FatName.MaxLength).SelectMany(length => Letters(NameLetters, length))
        .Select(text => FatName.Parse(text, "name"));

    public static Gen<CallId> Call { get; } = Gen.Choose(0, 12).SelectMany(depth => Gen.Choose(1, 999).ListOf(depth)).Select(Path);

    public static Gen<ScopeId> Scope { get; } = Call.SelectMany(ScopeOf);

    public static Gen<BranchId> Branch { get; } = Scope.SelectMany(_ => Gen.Choose(1, 9999), (scope, number) => scope.Branch(number));

    public static Gen<InstanceId> Instance { get; } = Name.SelectMany(
        _ => Letters(Hex, 12), (service, nonce) => InstanceId.TryParse($"{service}~{nonce}", out var id) ? id : throw new InvalidOperationException(nonce));

    public static Gen<Vote> Vote { get; } = Gen.Elements(Fat.Protocol.Vote.Pending, Fat.Protocol.Vote.Joined, Fat.Protocol.Vote.Prepared, Fat.Protocol.Vote.ReadOnly);

    public static Gen<BranchVote> BranchVote { get; } =
        from id in Branch
        from instance in Instance
        from vote in Vote
        select new BranchVote(id, instance, vote);

    /// <summary>Branches of a few instances, in the order in which they are written: by instance.</summary>
    public static Gen<ImmutableArray<BranchVote>> Branches { get; } =
        from instances in Instance.ListOf(3)
        from votes in Gen.Choose(0, 8).SelectMany(count => BranchVote.ListOf(count))
        from owners in Gen.Choose(0, 2).ListOf(votes.Count)
        select votes.Select((vote, i) => vote with { Instance = instances[owners[i]] })
            .GroupBy(vote => vote.Instance).SelectMany(one => one).ToImmutableArray();

    public static Gen<PreparedName> Prepared { get; } =
        from gid in Group
        from branch in Branch
        from service in Name
        from database in Name
        select new PreparedName(gid, branch, service, database);

    /// <summary>Text with everything that is awkward: separators, percent signs, quotes, control characters, other scripts, halves of pairs.</summary>
    public static Gen<string> AwkwardText { get; } = Gen.Frequency(
        (4, Gen.Elements([.. ";,=|:.~-% 01a\"\\{}\r\n\0"])),
        (2, Gen.Elements('é', 'ß', '票', '決', '　', '\u202e')),
        (1, Gen.Elements('\ud83d', '\ude00')),
        (2, Gen.Choose(32, 126).Select(code => (char)code)))
        .ListOf().Select(letters => new string([.. letters]));

    /// <summary>Valid texts with one character put in, taken out, doubled or replaced: what fuzzing from nothing never hits.</summary>
    public static Gen<string> Damaged(Gen<string> valid) =>
        from text in valid
        from place in Gen.Choose(0, Math.Max(0, text.Length - 1))
        from kind in Gen.Choose(0, 4)
        from letter in Gen.Elements([.. ";,=|:.~-%0g \0票\ud83d"])
        select kind switch
        {
            0 => text.Insert(place, letter.ToString()),
            1 when text.Length > 0 => text.Remove(place, 1),
            2 when text.Length > 0 => text.Insert(place, text[place].ToString()),
            3 when text.Length > 0 => string.Concat(text.AsSpan(0, place), letter.ToString(), text.AsSpan(place + 1)),
            _ => text[..place],
        };

    public static void Holds<T>(Gen<T> values, Func<T, bool> property, int times = 500) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(times), Prop.ForAll(values.ToArbitrary(), property));

    /// <summary>As <see cref="Holds{T}"/>, with assertions in place of a result.</summary>
    public static void Asserts<T>(Gen<T> values, Action<T> property, int times = 500) =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(times), Prop.ForAll(values.ToArbitrary(), property));

    public static Gen<ScopeId> ScopeOf(CallId call) => Letters(Hex, 8).Select(
        nonce => ScopeId.TryParse($"{call}-{nonce}", out var id) ? id : throw new InvalidOperationException(nonce));

    private static Gen<string> Letters(string alphabet, int length) =>
        Gen.Elements([.. alphabet]).ListOf(length).Select(letters => new string([.. letters]));

    private static CallId Path(IEnumerable<int> numbers) => numbers.Aggregate(CallId.Root, (call, number) => call.Child(number));
}
