using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Fat.Docs.Tests;

/// <summary>Names that the documents speak of exist: options, metrics as Prometheus shows them, log events.</summary>
public sealed partial class NameTests
{
    private static readonly HashSet<string> Options = [.. Paths(typeof(FatOptions), "Fat"), .. Paths(typeof(FatMessageOptions), "Fat:Messages"), .. Paths(typeof(FatHealthOptions), "Fat:Health")];

    private static readonly HashSet<int> Events =
    [
        .. new[] { typeof(FatOptions).Assembly, typeof(Microsoft.AspNetCore.Builder.FatDashboardOptions).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .SelectMany(type => type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Select(method => method.GetCustomAttribute<LoggerMessageAttribute>()?.EventId).OfType<int>(),
    ];

    public static TheoryData<string> Every() => Documents.Of(Documents.All);

    [Theory]
    [MemberData(nameof(Every))]
    public void Options_exist(string document) =>
        Assert.All(Option().Matches(Text(document)).Select(match => match.Value), name => Assert.True(Options.Contains(name), $"{document} speaks of {name}, which is no option."));

    [Theory]
    [MemberData(nameof(Every))]
    public void Metrics_exist(string document)
    {
        var metrics = InstrumentTable.Written.SelectMany(InstrumentTable.Prometheus).ToHashSet(StringComparer.Ordinal);
        var labels = InstrumentTable.Written.SelectMany(InstrumentTable.Labels).ToHashSet(StringComparer.Ordinal);
        var tables = new HashSet<string>(["fat_barrier", "fat_audit", "fat_journal", "fat_journal_events", "fat_begun", "fat_barrier_pkey"], StringComparer.Ordinal);

        Assert.All(Metric().Matches(Text(document)).Select(match => match.Value), name =>
            Assert.True(metrics.Contains(name) || labels.Contains(name) || tables.Contains(name), $"{document} speaks of {name}, which is no metric, label, table or key."));
    }

    [Theory]
    [MemberData(nameof(Every))]
    public void Log_events_exist(string document) =>
        Assert.All(Event().Matches(Text(document)).SelectMany(match => Number().Matches(match.Value)).Select(match => int.Parse(match.Value, CultureInfo.InvariantCulture)), number =>
            Assert.True(Events.Contains(number), $"{document} speaks of event {number}, which nothing logs."));

    [Fact]
    public void They_are_found()
    {
        Assert.Contains("Fat:Redis:KeyPrefix", Options);
        Assert.Contains(301, Events);
        Assert.NotEmpty(Event().Matches("events 301 (it could not obey), 302 and 701"));
        Assert.NotEmpty(Option().Matches("`Fat:Messages:TimeoutToFail`"));
        Assert.NotEmpty(Metric().Matches(Text("docs/guides/production.md")));
    }

    private static string Text(string document) => Repository.Read(document);

    /// <summary>Sections and options.</summary>
    private static IEnumerable<string> Paths(Type type, string prefix)
    {
        yield return prefix;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            if (property.PropertyType.Assembly == type.Assembly && property.PropertyType.IsClass)
            {
                foreach (var path in Paths(property.PropertyType, $"{prefix}:{property.Name}"))
                    yield return path;
            }
            else
            {
                yield return $"{prefix}:{property.Name}";
            }
        }
    }

    [GeneratedRegex(@"\bFat(?::[A-Z][A-Za-z]*)+", RegexOptions.NonBacktracking)]
    private static partial Regex Option();

    [GeneratedRegex(@"\bfat_[a-z_]+\b", RegexOptions.NonBacktracking)]
    private static partial Regex Metric();

    [GeneratedRegex(@"(?:\bevents? |事件 ?)[1-9][0-9]{2}\b(?:(?:[ ]?[(（][^()（）\n|]*[)）])?(?:, | and | or |、|，| 和 )[1-9][0-9]{2}\b)*", RegexOptions.NonBacktracking)]
    private static partial Regex Event();

    [GeneratedRegex("[1-9][0-9]{2}", RegexOptions.NonBacktracking)]
    private static partial Regex Number();
}
