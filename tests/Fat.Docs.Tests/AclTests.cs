using System.Text.RegularExpressions;

namespace Fat.Docs.Tests;

/// <summary>The commands that docs/security.md allows to Fat's user are those that its scripts and its code send, and those by which the client sets up a connection and finds out that it lives.</summary>
public sealed partial class AclTests
{
    private const string Source = "Fat.Core/Registry/Redis";

    /// <summary>Asked at the start of a service that decides in Redis, which does without the answer.</summary>
    private static readonly string[] Refused = ["config", "info"];

    private static readonly string[] Clients = ["echo", "ping", "select"];

    [Fact]
    public void It_allows_what_is_sent_and_nothing_else()
    {
        var line = Repository.Read("docs/security.md").Split('\n').Single(line => line.StartsWith("ACL SETUSER fat ", StringComparison.Ordinal));
        var rules = line.Split(' ').Skip(3).ToList();
        var allowed = rules.Where(rule => rule.StartsWith('+')).Select(rule => rule[1..]);
        var scripts = Texts("*.lua").SelectMany(text => Called().Matches(text)).Select(match => match.Groups["name"].Value);
        var code = Texts("*.cs").SelectMany(text => Executed().Matches(text)).Select(match => match.Groups["name"].Value);
        var sent = scripts.Concat(code).Select(name => name.ToLowerInvariant()).Concat(Clients).Append("evalsha").Except(Refused, StringComparer.Ordinal);

        Assert.Equal(sent.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal), allowed.Order(StringComparer.Ordinal));
        Assert.Equal(["on", ">a-long-password", "resetchannels", "~fat:*"], rules.Where(rule => !rule.StartsWith('+')));
    }

    private static IEnumerable<string> Texts(string pattern) =>
        Directory.EnumerateFiles(Path.Combine(Repository.Root, Source), pattern, SearchOption.AllDirectories).Select(File.ReadAllText);

    [GeneratedRegex(@"redis\.call\('(?<name>[A-Z]+)'", RegexOptions.NonBacktracking)]
    private static partial Regex Called();

    /// <summary>Directly, or as the argument of a method that does.</summary>
    [GeneratedRegex("""(ExecuteAsync\(|ListAsync\([^\n]*, )"(?<name>[A-Z]+)["]""", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Executed();
}
