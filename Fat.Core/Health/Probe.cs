using Fat.Coordination;
using Fat.Resources;

namespace Fat.Health;

/// <summary>
/// Looks at a server: once, however many ask at the same time, and never for longer than a limit, whatever the driver makes of a server that is silent. Thread-safe.
/// </summary>
internal sealed class Probe<T>(Func<CancellationToken, Task<T>> look, TimeSpan limit, Node node)
{
    /// <summary>A look that has hung for so many times the limit does not come back; until then nobody begins another one, so that they do not pile up.</summary>
    private const int Hopeless = 10;

    private readonly Lock _gate = new();
    private Task<Sight<T>>? _running;
    private long _began;

    /// <summary>Does not throw, unless the question is cancelled.</summary>
    public async Task<Sight<T>> AskAsync(CancellationToken cancellationToken)
    {
        var began = node.Time.GetTimestamp();
        try
        {
            return await Running().WaitAsync(limit, node.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Nothing is left behind but the look itself, which ends when the server answers or its connection does.
            return Late(node.Time.GetElapsedTime(began));
        }
    }

    private Task<Sight<T>> Running()
    {
        lock (_gate)
        {
            if (_running is null || _running.IsCompleted || node.Time.GetElapsedTime(_began) > limit * Hopeless)
            {
                var sight = new TaskCompletionSource<Sight<T>>(node.Background.Completion);
                _running = sight.Task;
                _began = node.Time.GetTimestamp();
                _ = node.Background.Start(async () => sight.SetResult(await LookAsync().ConfigureAwait(false)));
            }

            return _running;
        }
    }

    private async Task<Sight<T>> LookAsync()
    {
        var began = node.Time.GetTimestamp();
        using var patience = new Cancellation(node.Background, limit, node.Time);
        try
        {
            var result = await look(patience.Token).ConfigureAwait(false);
            return new Sight<T>(result, Problem: null, node.Time.GetElapsedTime(began));
        }
        catch (Exception exception)
        {
            // It is what was asked for: the server is away, or refuses.
            var took = node.Time.GetElapsedTime(began);
            return patience.IsRequested ? Late(took) : new Sight<T>(default, exception.Message, took);
        }
    }

    private Sight<T> Late(TimeSpan took) => new(default, $"It does not answer within {limit.TotalMilliseconds:0} ms (Fat:Health:Timeout).", took);
}

/// <summary>What a look has found.</summary>
/// <param name="Result">What there is; the default when it could not be found out.</param>
/// <param name="Problem">Why it could not be found out; else null.</param>
/// <param name="Took">How long it took.</param>
internal sealed record Sight<T>(T? Result, string? Problem, TimeSpan Took);
