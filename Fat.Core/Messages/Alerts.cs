using Fat.Diagnostics;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Messages;

/// <summary>Tells the application's handlers of branches that fail again and again.</summary>
internal sealed class Alerts(MessageCenter center)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Returns at once. Handlers are told of the failure that reaches the limit, and of the last one.</summary>
    public void Failed(FatMessageAlert alert, string kind = "Message")
    {
        alert = alert with { Reason = Shown(alert.Gid, alert.Target, alert.Reason) };
        if (alert.IsFinal)
            FatLog.BranchFailedForGood(center.Node.Logger, alert.Gid, alert.BranchId, alert.Target, alert.Failures, alert.Reason);
        else
            FatLog.BranchFailed(center.Node.Logger, kind, alert.Gid, alert.BranchId, alert.Target, alert.Failures, alert.Reason);
        if (alert.IsFinal || alert.Failures == center.Options.AlertAfter)
            _ = center.Node.Background.Start(() => TellAsync(alert));
    }

    /// <summary>A transaction is taken back as it was meant to be: nobody has to do anything.</summary>
    public void Refused(string gid, string branch, string target, string reason) =>
        FatLog.BranchRefused(center.Node.Logger, gid, branch, target, Shown(gid, target, reason));

    private string Shown(string gid, string target, string reason) => center.Node.Redaction.Reason(gid, target, reason);

    private async Task TellAsync(FatMessageAlert alert)
    {
        using var patience = new Cancellation(center.Node.Background, Patience, center.Node.Time);
        try
        {
            var scope = center.Services.CreateAsyncScope();
            await using (scope.ConfigureAwait(false))
            {
                foreach (var handler in scope.ServiceProvider.GetServices<IFatMessageAlertHandler>())
                    await handler.HandleAsync(alert, patience.Token).ConfigureAwait(false);
            }
        }
        catch (Exception exception)
        {
            // The branch is as it was, and visible; only this telling is lost.
            FatLog.AlertFailed(center.Node.Logger, alert.Gid, alert.BranchId, exception);
        }
    }
}
