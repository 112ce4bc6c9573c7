namespace Fat.Bench.Messages;

/// <summary>A way for messages from a producer's transaction to those of its subscribers.</summary>
internal interface ILane : IAsyncDisposable
{
    string Name { get; }

    /// <summary>One business write with its message, until it is on its way.</summary>
    Task SendAsync(Ordered ordered, Arrivals arrivals, CancellationToken cancellationToken);
}
