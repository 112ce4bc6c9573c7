namespace Fat.Core.Tests.Messages;

/// <summary>Takes what cannot be made.</summary>
public sealed class Picky
{
    public const string Topic = "picky";

    [FatSubscribe(Topic, RetryMilliseconds = 50)]
    public static Task HandleAsync(IPicked picked) => Task.FromResult(picked.Id);
}

/// <summary>What no JSON makes.</summary>
public interface IPicked
{
    int Id { get; }
}
