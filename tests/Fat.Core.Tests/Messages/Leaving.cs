namespace Fat.Core.Tests.Messages;

/// <summary>A group of subscribers that goes away.</summary>
public sealed class Leaving
{
    public const string Topic = "leaving";

    [FatSubscribe(Topic)]
    public static Task HandleAsync(Ordered ordered)
    {
        ArgumentNullException.ThrowIfNull(ordered);
        return Task.CompletedTask;
    }
}
