using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Fat.Diagnostics;

/// <summary>The application's redactor, if it has one. What it fails on is hidden. Thread-safe.</summary>
internal sealed class Redaction(IFatRedactor? redactor, ILogger? logger = null) : IFatRedactor
{
    public const string Hidden = "(hidden)";

    /// <summary>Everything is shown.</summary>
    public static Redaction None { get; } = new(null);

    public bool ShowsAll => redactor is null;

    /// <summary>Never null.</summary>
    public string? Redact(FatContent content) => Show(content);

    [return: NotNullIfNotNull(nameof(payload))]
    public string? Payload(string gid, string target, string? payload) => payload is null ? null : Show(new FatContent(FatContentKind.Payload, gid, target, payload));

    [return: NotNullIfNotNull(nameof(arguments))]
    public string? Arguments(string gid, string method, string? arguments) => arguments is null ? null : Show(new FatContent(FatContentKind.Arguments, gid, method, arguments));

    [return: NotNullIfNotNull(nameof(reason))]
    public string? Reason(string gid, string source, string? reason) => reason is null ? null : Show(new FatContent(FatContentKind.Reason, gid, source, reason));

    private string Show(FatContent content)
    {
        if (redactor is null)
            return content.Text;
        try
        {
            return redactor.Redact(content) ?? Hidden;
        }
        catch (Exception exception)
        {
            // Only what is shown is lost. The exception's own text is not logged: it may quote what is to be hidden.
            if (logger is not null)
                FatLog.NotRedacted(logger, content.Kind, content.Source, exception.GetType().Name);
            return Hidden;
        }
    }
}
