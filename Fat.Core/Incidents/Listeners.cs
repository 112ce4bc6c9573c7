using Fat.Coordination;
using Fat.Diagnostics;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Incidents;

/// <summary>All who are told of events: the application's handlers and the webhook.</summary>
internal sealed class Listeners(Node node, Webhook? webhook, IServiceProvider services)
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Margin = TimeSpan.FromSeconds(10);

    /// <summary>How long the handlers may take for one event.</summary>
    public TimeSpan Patience { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How long telling one event may take until somebody else begins to: who has begun may have died, and keeps all others waiting.</summary>
    public TimeSpan Longest => (HasHandlers ? Patience + GuestWork.Grace : TimeSpan.Zero) + (webhook?.Timeout ?? TimeSpan.Zero) + Margin;

    private bool HasHandlers => services.GetService<IServiceProviderIsService>()?.IsService(typeof(IFatIncidentHandler)) is not false;

    public static TimeSpan Pause(int tries)
    {
        var pause = FirstPause * Math.Pow(2, Math.Min(tries, 20));
        return pause < LongestPause ? pause : LongestPause;
    }

    /// <summary>True when every handler has returned; else all are told again.</summary>
    public async Task<bool> HandleAsync(FatIncidentEvent happened, CancellationToken cancellationToken)
    {
        try
        {
            return await GuestWork.RunAsync(node, Patience, token => HandleAllAsync(happened, token), cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // What it was told of stays as it is; it is told again.
            FatLog.HandlerFailed(node.Logger, happened.Kind, happened.Gid, happened.Branch, exception);
            return false;
        }
    }

    /// <summary>True when the webhook has taken it, or when there is none.</summary>
    public async Task<bool> SendAsync(FatIncidentEvent happened, CancellationToken cancellationToken)
    {
        if (webhook is null)
            return true;
        try
        {
            await webhook.SendAsync(happened, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (Exception exception) when (!cancellationToken.IsCancellationRequested)
        {
            // Taken or not: it is sent again, and the receiver knows it by its id.
            FatLog.WebhookFailed(node.Logger, happened.Kind, happened.Gid, happened.Branch, exception);
            return false;
        }
    }

    private async Task<bool> HandleAllAsync(FatIncidentEvent happened, CancellationToken cancellationToken)
    {
        var scope = services.CreateAsyncScope();
        await using (scope.ConfigureAwait(false))
        {
            foreach (var handler in scope.ServiceProvider.GetServices<IFatIncidentHandler>())
                await handler.HandleAsync(happened, cancellationToken).ConfigureAwait(false);
        }

        return true;
    }
}
