using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore;

/// <summary>An exception of which only the text that the application's redactor shows is left, for the log.</summary>
internal sealed class RedactedException : Exception
{
    private RedactedException(string? text)
        : base(text)
    {
    }

    /// <summary>The exception itself where there is no redactor.</summary>
    public static Exception Of(Exception exception, IServiceProvider services) => services.GetService<IFatRedactor>() is { } redactor
        ? new RedactedException(redactor.Redact(new FatContent(FatContentKind.Reason, string.Empty, string.Empty, exception.ToString())))
        : exception;

    public override string ToString() => Message;
}
