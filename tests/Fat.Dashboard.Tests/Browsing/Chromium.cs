using Fat.Dashboard.Tests.Browsing;
using Fat.TestServers;
using Microsoft.Playwright;

[assembly: AssemblyFixture(typeof(Chromium))]

namespace Fat.Dashboard.Tests.Browsing;

/// <summary>One browser for all tests; each visit has a profile of its own. Nothing is fetched from anywhere: the browser is Debian's, its driver came with the package.</summary>
public sealed class Chromium : IAsyncLifetime
{
    private static readonly string[] Arguments =
    [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    ];

    private IPlaywright? _playwright;
    private IBrowser? _browser;

    internal IBrowser Browser => _browser ?? throw new InvalidOperationException("The browser has not been started.");

    public async ValueTask InitializeAsync()
    {
        var path = await ChromiumProgram.EnsureAsync(message => TestContext.Current.SendDiagnosticMessage(message), TestContext.Current.CancellationToken);
        _playwright = await Playwright.CreateAsync();
        _browser = await _playwright.Chromium.LaunchAsync(new BrowserTypeLaunchOptions { ExecutablePath = path, Args = Arguments });
    }

    public async ValueTask DisposeAsync()
    {
        if (_browser is not null)
            await _browser.DisposeAsync();
        _playwright?.Dispose();
    }
}
