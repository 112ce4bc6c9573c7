using System.Collections.Concurrent;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests.Browsing;

/// <summary>A page of the dashboard in a browser, and everything that went wrong in it: errors on the console, violations of the policy, requests to elsewhere.</summary>
internal sealed class Visit : IAsyncDisposable
{
    private const string WatchPolicy = "document.addEventListener('securitypolicyviolation', event => console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`))";

    private readonly IBrowserContext _context;
    private readonly Uri _address;
    private readonly ConcurrentQueue<string> _problems = new();
    private readonly List<string> _expected = [];

    private Visit(IBrowserContext context, IPage page, Uri address)
    {
        _context = context;
        Page = page;
        _address = address;
        page.Console += (_, message) => Note(message.Type == "error", $"console: {message.Text}");
        page.PageError += (_, error) => Note(true, $"page: {error}");
        page.Request += (_, request) => Note(!request.Url.StartsWith(address.AbsoluteUri, StringComparison.Ordinal), $"request to elsewhere: {request.Url}");
    }

    public IPage Page { get; }

    public ILocator Heading => Page.Locator("h1");

    /// <summary>Opens a page of the dashboard and waits until it has loaded.</summary>
    /// <param name="chromium">The browser.</param>
    /// <param name="dashboard">Where the dashboard is, with the last slash.</param>
    /// <param name="route">The page, as <c>groups?state=open</c>.</param>
    /// <param name="options">Who looks at it.</param>
    public static async Task<Visit> OpenAsync(Chromium chromium, Uri dashboard, string route = "overview", VisitOptions? options = null)
    {
        options ??= new VisitOptions();
        var context = await chromium.Browser.NewContextAsync(new BrowserNewContextOptions
        {
            ViewportSize = new ViewportSize { Width = options.Width, Height = options.Height },
            Locale = options.Language,
            TimezoneId = "Europe/Berlin",
            ColorScheme = options.Scheme,
            ReducedMotion = options.ReducesMotion ? ReducedMotion.Reduce : ReducedMotion.NoPreference,
        });
        context.SetDefaultTimeout(10_000);
        await context.AddInitScriptAsync(WatchPolicy);
        var visit = new Visit(context, await context.NewPageAsync(), dashboard);
        await visit.Page.GotoAsync(new Uri(dashboard, "#/" + route).AbsoluteUri);
        await visit.LoadedAsync();
        return visit;
    }

    /// <summary>The element that carries this mark.</summary>
    public ILocator Find(string test) => Page.Locator($"[data-test='{test}']");

    /// <summary>Goes to another page by its address.</summary>
    public async Task GoAsync(string route)
    {
        await Page.EvaluateAsync("route => { location.hash = '#/' + route }", route);
        await LoadedAsync();
    }

    /// <summary>Every region has its data or says why not.</summary>
    public async Task LoadedAsync()
    {
        await Heading.WaitForAsync();
        await Page.WaitForFunctionAsync("() => document.querySelector('[aria-busy]') === null");
    }

    /// <summary>A problem that the test provokes: the browser reports failed answers on its console.</summary>
    public void Expect(string problem) => _expected.Add(problem);

    /// <summary>Keeps a picture in the folder <c>Screenshots</c> of the test's output.</summary>
    public async Task PhotographAsync(string name)
    {
        var folder = Path.Combine(AppContext.BaseDirectory, "Screenshots");
        Directory.CreateDirectory(folder);
        await Page.ScreenshotAsync(new PageScreenshotOptions { Path = Path.Combine(folder, name + ".png"), FullPage = true });
    }

    /// <summary>Nothing went wrong so far, and nothing of the data was run.</summary>
    public async Task AssertCleanAsync()
    {
        Assert.Equal("undefined", await Page.EvaluateAsync<string>("() => typeof window.pwned"));
        Assert.DoesNotContain(_problems, problem => !_expected.Exists(expected => problem.Contains(expected, StringComparison.Ordinal)));
    }

    public async ValueTask DisposeAsync() => await _context.DisposeAsync();

    private void Note(bool isProblem, string text)
    {
        if (isProblem)
            _problems.Enqueue($"{text} (at {Page.Url[_address.AbsoluteUri.Length..]})");
    }
}
