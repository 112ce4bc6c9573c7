using System.Collections;
using System.Globalization;
using System.Reflection;

namespace Fat.Docs.Tests;

/// <summary>Every option is in the tables of README.md, docs/configuration.md and its Chinese page, with its default.</summary>
public sealed class OptionTablesTests
{
    private static readonly (Type Type, string Prefix)[] Sections =
    [
        (typeof(FatOptions), "Fat:"),
        (typeof(FatWorkerOptions), "Fat:Workers:"),
        (typeof(FatRedisOptions), "Fat:Redis:"),
        (typeof(FatWebhookOptions), "Fat:Webhook:"),
        (typeof(FatMessageOptions), "Fat:Messages:"),
        (typeof(FatHealthOptions), "Fat:Health:"),
        (typeof(FatDatabaseOptions), "FatDatabaseOptions."),
        (typeof(Microsoft.AspNetCore.Builder.FatDashboardOptions), "FatDashboardOptions."),
    ];

    private const string Chinese = "docs/zh/configuration.md";

    private static readonly string[] Tables = ["README.md", "docs/configuration.md", Chinese];

    /// <summary>Defaults that are not the property's own value, because they depend on something else.</summary>
    private static readonly Dictionary<string, string> Otherwise = new(StringComparer.Ordinal)
    {
        ["Fat:ServiceName"] = "application name",
        ["Fat:Redis:TlsHost"] = "the host",
        ["Fat:Messages:Services"] = "none",
        ["FatDatabaseOptions.Dialect"] = "by the connection's type",
        ["FatDatabaseOptions.IsDefault"] = "first database",
        ["FatDatabaseOptions.Enlistment"] = "`Direct` for `AddDbContext`, `Ambient` for `AddDatabase`",
    };

    /// <summary>Words of defaults, on the Chinese page.</summary>
    private static readonly Dictionary<string, string> Translated = new(StringComparer.Ordinal)
    {
        ["none"] = "无",
        ["application name"] = "应用名",
        ["the host"] = "同 `Host`",
        ["by the connection's type"] = "由连接的类型决定",
        ["first database"] = "第一个数据库",
        ["`Direct` for `AddDbContext`, `Ambient` for `AddDatabase`"] = "`AddDbContext` 为 `Direct`，`AddDatabase` 为 `Ambient`",
    };

    public static TheoryData<string, string, string> Options()
    {
        var options = new TheoryData<string, string, string>();
        foreach (var document in Tables)
        {
            foreach (var (name, expected) in Sections.SelectMany(section => Defaults(section.Type, section.Prefix)))
                options.Add(document, name, document == Chinese ? InChinese(expected) : expected);
        }

        return options;
    }

    [Theory]
    [MemberData(nameof(Options))]
    public void It_is_there_with_its_default(string document, string option, string expected)
    {
        var row = Assert.Single(Rows(document), row => row[0] == $"`{option}`");

        Assert.Equal(expected, row[2]);
    }

    [Theory]
    [InlineData("README.md")]
    [InlineData("docs/configuration.md")]
    [InlineData(Chinese)]
    public void No_table_names_an_option_that_is_not_there(string document)
    {
        var known = Sections.SelectMany(section => Defaults(section.Type, section.Prefix)).Select(option => $"`{option.Name}`").ToHashSet(StringComparer.Ordinal);
        var named = Rows(document).Select(row => row[0]).Where(name => Sections.Any(section => name.StartsWith("`" + section.Prefix, StringComparison.Ordinal)));

        Assert.All(named, name => Assert.Contains(name, known));
    }

    private static IEnumerable<(string Name, string Default)> Defaults(Type type, string prefix)
    {
        var defaults = Activator.CreateInstance(type)!;
        foreach (var property in type.GetProperties(BindingFlags.Public | BindingFlags.Instance))
        {
            var value = property.GetValue(defaults);
            if (!Sections.Any(section => section.Type == property.PropertyType))
                yield return (prefix + property.Name, Otherwise.GetValueOrDefault(prefix + property.Name) ?? Text(value));
        }
    }

    /// <summary>Units are written out: <c>3 s</c> is <c>3 秒</c>.</summary>
    private static string InChinese(string text) => Translated.GetValueOrDefault(text) ??
        (text.EndsWith(" ms", StringComparison.Ordinal) ? text[..^2] + "毫秒" : text.EndsWith(" s", StringComparison.Ordinal) ? text[..^1] + "秒" : text);

    private static string Text(object? value) => value switch
    {
        null => "none",
        TimeSpan { TotalMilliseconds: < 1000 } time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds} ms"),
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds} s"),
        bool flag => flag ? "`true`" : "`false`",
        string text => $"`{text}`",
        ICollection { Count: 0 } => "none",
        IFormattable number => $"`{number.ToString(null, CultureInfo.InvariantCulture)}`",
        _ => throw new NotSupportedException($"How is a default of type {value.GetType()} written?"),
    };

    /// <summary>The rows of all tables, as their cells.</summary>
    private static IEnumerable<string[]> Rows(string document) => Repository.Read(document).Split('\n')
        .Where(line => line.StartsWith('|'))
        .Select(line => line.Trim('|', ' ').Split('|', StringSplitOptions.TrimEntries))
        .Where(cells => cells.Length >= 4);
}
