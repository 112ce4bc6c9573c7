namespace Fat;

/// <summary>
/// Marks a method that handles what is published to a topic. Its class is registered with <see cref="IFatBuilder.AddSubscriber{TSubscriber}"/>. Parameters: first the message, which is read from
/// JSON; then, in any order, as wished, a <see cref="FatBarrier"/>, a <see cref="FatDelivery"/>, a <see cref="CancellationToken"/>, and services. It returns <c>Task</c> or <c>ValueTask</c>.
/// </summary>
/// <remarks>
/// A delivery comes at least once: what it does inside <see cref="FatBarrier.CallAsync(System.Data.Common.DbConnection, Func{System.Data.Common.DbTransaction, Task}, CancellationToken)"/> takes effect exactly once. A method that throws is called again after a
/// pause, <see cref="MaxAttempts"/> times; then the delivery has failed and waits for an operator (<see cref="IFatMessageAdmin"/>).
/// </remarks>
/// <param name="topic">The topic: 1 to 40 of <c>A-Za-z0-9._-</c>.</param>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true, Inherited = true)]
public sealed class FatSubscribeAttribute(string topic) : Attribute
{
    /// <summary>The topic.</summary>
    public string Topic => topic;

    /// <summary>
    /// The group of subscribers: each group gets every message once, whichever of its instances handles it. 1 to 40 of <c>A-Za-z0-9._-</c>. Default: the service's name.
    /// </summary>
    public string? Group { get; set; }

    /// <summary>How many deliveries a process handles at the same time. Default: 8.</summary>
    public int Concurrency { get; set; } = 8;

    /// <summary>How many more a process takes in advance, for speed; when it dies, they wait for <see cref="FatMessageOptions.Lease"/>, and each counts an attempt. Default: -1, twice the concurrency.</summary>
    public int Prefetch { get; set; } = -1;

    /// <summary>How often a delivery is tried before it has failed. Default: 10.</summary>
    public int MaxAttempts { get; set; } = 10;

    /// <summary>The pause in milliseconds after the first failure, which doubles with each further one; 1 at least. One that is longer than <see cref="FatMessageOptions.RetryLimit"/> stays what it is. Default: -1, as <see cref="FatMessageOptions.RetryInterval"/> says.</summary>
    public int RetryMilliseconds { get; set; } = -1;
}
