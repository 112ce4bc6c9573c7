using System.Data.Common;
using Fat.Coordination;
using Fat.Diagnostics;
using Fat.Registry;
using Fat.Resources;

namespace Fat.Recovery;

/// <summary>
/// Answers whether branches of this service have obeyed a commit decision (rule S7): a branch that voted, that is no longer
/// prepared in any database, and that nobody here waits for, has. Where a database holds transactions open, or cannot be
/// looked through within WaitCommit, nothing is said.
/// </summary>
internal sealed class AcknowledgementSearch(Participant participant, InDoubtSearch search)
{
    public async Task AnswerAsync(IReadOnlyCollection<ResolveRequest> requests, CancellationToken cancellationToken)
    {
        if (requests.Count == 0)
            return;
        using var bounded = new Cancellation(participant.Node.Background, participant.Node.Timings.WaitCommit, participant.Node.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(bounded.Token, cancellationToken);
        try
        {
            if (await search.FindAllAsync(linked.Token).ConfigureAwait(false) is not { } prepared)
                return;
            foreach (var request in requests)
            {
                foreach (var branch in request.Acknowledge)
                {
                    if (!prepared.Contains((request.Gid, branch.Id)) && !participant.Waiting.Has(request.Gid, branch.Id))
                        participant.Acknowledgements.Add(request.Gid, branch.Id);
                }
            }
        }
        catch (Exception exception) when (exception is DbException || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            // The rows stay, and the question comes again.
            FatLog.AcknowledgementsNotSearched(participant.Node.Logger, exception);
        }
    }
}
