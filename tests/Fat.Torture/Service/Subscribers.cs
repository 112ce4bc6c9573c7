namespace Fat.Torture.Service;

/// <summary>What hears of each other service.</summary>
internal static class Subscribers
{
    /// <summary>No delivery is given up: faults last longer than ten attempts.</summary>
    public const int MaxAttempts = 100_000;

    /// <summary>Subscribes to the topics of the others; gamma takes the poison, too.</summary>
    public static void AddSubscribers(this IFatBuilder fat, string service)
    {
        if (service != "alpha")
            fat.AddSubscriber<FromAlpha>();
        if (service != "beta")
            fat.AddSubscriber<FromBeta>();
        if (service != "gamma")
            fat.AddSubscriber<FromGamma>();
        else
            fat.AddSubscriber<Poisoned>();
    }
}

internal sealed class FromAlpha(Effects effects)
{
    [FatSubscribe("from-alpha", MaxAttempts = Subscribers.MaxAttempts)]
    public Task HandleAsync(Moved moved, FatBarrier barrier, FatDelivery delivery, CancellationToken cancellationToken) =>
        effects.TakeAsync(moved, delivery.Group, barrier, cancellationToken);
}

internal sealed class FromBeta(Effects effects)
{
    [FatSubscribe("from-beta", MaxAttempts = Subscribers.MaxAttempts)]
    public Task HandleAsync(Moved moved, FatBarrier barrier, FatDelivery delivery, CancellationToken cancellationToken) =>
        effects.TakeAsync(moved, delivery.Group, barrier, cancellationToken);
}

internal sealed class FromGamma(Effects effects)
{
    [FatSubscribe("from-gamma", MaxAttempts = Subscribers.MaxAttempts)]
    public Task HandleAsync(Moved moved, FatBarrier barrier, FatDelivery delivery, CancellationToken cancellationToken) =>
        effects.TakeAsync(moved, delivery.Group, barrier, cancellationToken);
}

/// <summary>Takes no delivery: each of them fails for good.</summary>
internal sealed class Poisoned(Effects effects)
{
    public const string Topic = "poison";

    [FatSubscribe(Topic, MaxAttempts = 3)]
    public async Task HandleAsync(Moved moved, FatBarrier barrier, FatDelivery delivery, CancellationToken cancellationToken)
    {
        if (delivery.Attempt > 0)
            throw new MeantToFailException();
        await effects.TakeAsync(moved, delivery.Group, barrier, cancellationToken);
    }
}
