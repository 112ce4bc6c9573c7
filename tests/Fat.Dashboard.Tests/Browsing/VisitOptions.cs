using Microsoft.Playwright;

namespace Fat.Dashboard.Tests.Browsing;

/// <summary>Who looks at the page, and with what.</summary>
internal sealed record VisitOptions
{
    public static readonly VisitOptions Phone = new() { Width = 360, Height = 740 };

    public int Width { get; init; } = 1280;

    public int Height { get; init; } = 900;

    public string Language { get; init; } = "en-GB";

    public ColorScheme Scheme { get; init; } = ColorScheme.Light;

    public bool ReducesMotion { get; init; }
}
