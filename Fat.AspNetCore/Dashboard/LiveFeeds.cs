using System.Threading.Channels;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore.Dashboard;

/// <summary>A feed for each service that somebody listens to, and so many listeners in all. Thread-safe.</summary>
internal sealed class LiveFeeds(Sources sources, OverviewSource overview, IServiceProvider services)
{
    /// <summary>Each holds a connection.</summary>
    public const int MostListeners = 100;

    private readonly Lock _lock = new();
    private readonly Dictionary<string, LiveFeed> _feeds = new(StringComparer.Ordinal);
    private int _listeners;

    /// <summary>Null when there are too many already.</summary>
    public Channel<byte[]>? Join(string? service)
    {
        lock (_lock)
        {
            if (_listeners == MostListeners)
                return null;
            if (!_feeds.TryGetValue(KeyOf(service), out var feed))
                _feeds.Add(KeyOf(service), feed = new LiveFeed(token => SampleAsync(service, token), sources.Time));
            _listeners++;
            return feed.Add();
        }
    }

    public async Task LeaveAsync(string? service, Channel<byte[]> listener)
    {
        LiveFeed? over = null;
        lock (_lock)
        {
            _listeners--;
            var feed = _feeds[KeyOf(service)];
            feed.Remove(listener);
            if (feed.IsIdle && _feeds.Remove(KeyOf(service)))
                over = feed;
        }

        if (over is not null)
            await over.DisposeAsync().ConfigureAwait(false);
    }

    private static string KeyOf(string? service) => service ?? string.Empty;

    private async Task<byte[]?> SampleAsync(string? service, CancellationToken cancellationToken)
    {
        try
        {
            return DashboardJson.Write(await overview.SampleAsync(service, cancellationToken).ConfigureAwait(false));
        }
        catch (Exception exception) when (exception is not OperationCanceledException)
        {
            // Only read: the next sample may be had. Meanwhile listeners are kept, and told nothing.
            Log.DashboardSampleFailed(services.GetRequiredService<ILoggerFactory>().CreateLogger("Fat"), RedactedException.Of(exception, services));
            return null;
        }
    }
}
