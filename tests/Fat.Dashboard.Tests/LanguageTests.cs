using System.Text.RegularExpressions;
using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>Every text is there in every language, and the reader's choice is remembered.</summary>
public sealed partial class LanguageTests(Chromium chromium)
{
    private const string ReadTexts = """
        async () => Object.fromEntries(await Promise.all(['en', 'zh'].map(async language => [language, (await import(new URL(`assets/${language}.js`, document.baseURI))).default])))
        """;

    [Fact]
    public async Task The_languages_have_the_same_texts()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        var texts = await visit.Page.EvaluateAsync<Dictionary<string, Dictionary<string, string>>>(ReadTexts);
        var (english, chinese) = (texts["en"], texts["zh"]);

        Assert.Equal(english.Keys.Order(StringComparer.Ordinal), chinese.Keys.Order(StringComparer.Ordinal));
        Assert.DoesNotContain(english.Values.Concat(chinese.Values), string.IsNullOrWhiteSpace);
        Assert.All(english.Keys, key => Assert.Equal(PlacesOf(english[key]), PlacesOf(chinese[key])));
    }

    [Fact]
    public async Task Every_text_that_the_pages_name_is_there_and_none_is_left_over()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "instances");
        var texts = (await visit.Page.EvaluateAsync<Dictionary<string, Dictionary<string, string>>>(ReadTexts))["en"];
        var scripts = string.Concat(Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Assets"), "*.js", SearchOption.AllDirectories)
            .Where(path => Path.GetFileName(path) is not ("en.js" or "zh.js")).Select(File.ReadAllText));
        var named = NamedText().Matches(scripts).Select(match => match.Groups["key"].Value).ToHashSet(StringComparer.Ordinal);
        var beginnings = BegunText().Matches(scripts).Select(match => match.Groups["beginning"].Value).ToHashSet(StringComparer.Ordinal);

        Assert.Empty(named.Except(texts.Keys, StringComparer.Ordinal));
        Assert.DoesNotContain(texts.Keys, key => !scripts.Contains($"'{key}'", StringComparison.Ordinal) && !beginnings.Any(beginning => key.StartsWith(beginning, StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_browser_says_which_language_and_the_reader_can_choose_another()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups", new VisitOptions { Language = "zh-TW" });
        await Assertions.Expect(visit.Heading).ToHaveTextAsync("事务组");
        await Assertions.Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "zh");

        await visit.Find("language").FocusAsync();
        await visit.Find("language").SelectOptionAsync("en");
        await Assertions.Expect(visit.Heading).ToHaveTextAsync("Groups");
        await Assertions.Expect(visit.Find("language")).ToBeFocusedAsync();
        await Assertions.Expect(visit.Page.Locator("html")).ToHaveAttributeAsync("lang", "en");

        await visit.Page.ReloadAsync();
        await Assertions.Expect(visit.Heading).ToHaveTextAsync("Groups");
        await visit.AssertCleanAsync();
    }

    private static IEnumerable<string> PlacesOf(string text) => Place().Matches(text).Select(match => match.Value).Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\{\w+\}", RegexOptions.NonBacktracking)]
    private static partial Regex Place();

    [GeneratedRegex(@"\bt\('(?<key>[a-z0-9.-]+[a-z0-9])'[,)]", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex NamedText();

    [GeneratedRegex(@"['`](?<beginning>[a-z-]+\.([a-z-]+-)?)('[ ),]|\$)", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex BegunText();
}
