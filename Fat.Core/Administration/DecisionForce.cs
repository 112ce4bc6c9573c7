using System.Data.Common;
using Fat.Coordination;
using Fat.Decisions;
using Fat.Diagnostics;
using Fat.Protocol;
using Fat.Recovery;
using Fat.Registry;

namespace Fat.Administration;

/// <summary>
/// Forces decisions (rule L4): through the barrier of the decision database, where a root finds it in its way; through the registry for a group
/// that is decided there; or, where the decision database is gone, in this service's own, agreed through the registry.
/// </summary>
internal sealed class DecisionForce(Participant participant, Sight sight, InDoubtSearch search)
{
    private readonly ForcedHere _here = new(participant);
    private readonly Node _node = participant.Node;

    public async Task<FatForceResult> ForceAsync(ForceRequest request, CancellationToken cancellationToken)
    {
        var known = await KnownGroup.FindAsync(request.Gid, participant, sight, cancellationToken).ConfigureAwait(false);
        var home = HomeOf(request, known);
        var place = PlaceOf(request, home);
        var decided = known.Snapshot?.Decision is { } decision
            ? new ForceWrite(Decided: false, decision)
            : null;
        var forced = new ForcedDecision(request.Gid, Proposal(request, known, decided), request.By, request.Reason, _node.Instance);
        var write = await WriteAsync(forced, place, known, request.DatabaseIsGone, decided, cancellationToken).ConfigureAwait(false);

        var where = place?.DatabaseName.Text ?? Attempts.Registry;
        FatLog.Forced(
            _node.Logger, request.Gid, request.Decision, request.By, request.Reason, write.Decided ? "it decided" : "there was a decision already",
            write.Standing.Decision, where);
        FatMeter.Forced(_node.Service, request.Decision, write.Decided);
        var (finished, published) = await ObeyAsync(request.Gid, write.Standing, home.Service, cancellationToken).ConfigureAwait(false);
        return new FatForceResult
        {
            Gid = request.Gid.ToString(),
            Asked = Shown.Of(request.Decision),
            Decision = Shown.Of(write.Standing.Decision),
            HadEffect = write.Decided,
            CommitSet = Shown.CommitSet(write.Standing),
            DecidedIn = where,
            Finished = finished,
            Published = published,
        };
    }

    private GroupHome HomeOf(ForceRequest request, KnownGroup known)
    {
        if (known.Home is { Database: not null } home)
            return home;
        if (request.Database is not { } database)
        {
            throw Refused(request.Gid, "nobody here knows the group: it may be over and forgotten, or in doubt in another service only. "
                + "If this service began it, name its decision database (FatForceOptions.DecisionDatabase).");
        }

        return known.Home is { } other && other.Service != _node.Service
            ? throw Refused(request.Gid, $"service {other.Service} began it, so its decision is in no database of this service.")
            : new GroupHome(_node.Service, database);
    }

    /// <summary>Where the forced decision and its record go; null for the registry.</summary>
    private ForceLog? PlaceOf(ForceRequest request, GroupHome home)
    {
        var own = home.Service == _node.Service ? _node.Databases.Log(home.Database!.Value) as DatabaseDecisionLog : null;
        if (home.Database == RegistryDecisionLog.Name)
        {
            return request.DatabaseIsGone
                ? throw Refused(request.Gid, "it is decided in the registry and not in a database that could be gone. Force it without DecisionDatabaseIsGone.")
                : null;
        }

        if (request.DatabaseIsGone && own is not null)
        {
            throw Refused(request.Gid, $"its decision database '{home.Database}' is configured in this process. Force it without DecisionDatabaseIsGone, or, "
                + "if that database is gone for good, take it out of the configuration first.");
        }

        if (request.DatabaseIsGone)
        {
            return _node.Databases.DecisionLog?.Forced
                ?? throw Refused(request.Gid, "this service has no PostgreSQL database that could hold the decision. Force it in another service that has a branch in it.");
        }

        return own?.Forced ?? throw Refused(request.Gid, $"it is decided in database '{home.Database}' of service {home.Service}. Force it in a process of that service, "
            + "or, if that service and that database are gone for good, say DecisionDatabaseIsGone.");
    }

    private DecisionRecord Proposal(ForceRequest request, KnownGroup known, ForceWrite? decided)
    {
        // A decision that is there already is obeyed and not judged.
        if (decided is not null && decided.Standing.Decision == request.Decision)
            return decided.Standing;
        if (decided is not null)
            return new DecisionRecord(request.Decision, []);
        if (request.DatabaseIsGone && !known.HasRegistry)
            throw Refused(request.Gid, "without the decision database the services agree through the registry, which is away. Force it when that is back.");
        if (request.DatabaseIsGone && known.RootLives)
            throw Refused(request.Gid, "the process of its root is alive. If its database is gone for good, stop that process first, and wait a few seconds.");
        return request.Decision == Decision.Committed ? new ForcedCommit(_node, known).SetOf(request) : DecisionRecord.RolledBack;
    }

    private async Task<ForceWrite> WriteAsync(
        ForcedDecision forced, ForceLog? place, KnownGroup known, bool databaseIsGone, ForceWrite? decided, CancellationToken cancellationToken)
    {
        try
        {
            if (place is null)
                return await InRegistryAsync(forced, decided, cancellationToken).ConfigureAwait(false);
            if (decided is not null)
            {
                await ForcedHere.AlignAsync(place, forced.Gid, decided.Standing, cancellationToken).ConfigureAwait(false);
                await place.RecordAsync(forced, decided, cancellationToken).ConfigureAwait(false);
                return decided;
            }

            return databaseIsGone
                ? await WithoutDatabaseAsync(forced, place, cancellationToken).ConfigureAwait(false)
                : await place.DecideAsync(forced, cancellationToken).ConfigureAwait(false)
                    ?? throw Refused(forced.Gid, "it was over at this very moment: every branch has obeyed its decision.");
        }
        catch (DbException exception) when (place is not null && place.IsLockTimeout(exception))
        {
            throw Refused(forced.Gid, "its root is writing the decision at this moment. Look at it again in a few seconds.", exception);
        }
        catch (DbException exception) when (place is not null && place.IsRefusal(exception))
        {
            throw Refused(forced.Gid, $"database '{place.DatabaseName}' refused: {exception.Message}", exception);
        }
        catch (Exception exception) when (exception is DbException or RegistryUnavailableException)
        {
            // In doubt: the decision may have been written before the connection was lost, and then it stands.
            throw new FatInDoubtException(forced.Gid.ToString(), $"force the decision again, which is safe ({exception.Message})", exception);
        }
    }

    private async Task<ForceWrite> WithoutDatabaseAsync(ForcedDecision forced, ForceLog place, CancellationToken cancellationToken)
    {
        var write = await place.ProposeAsync(forced, cancellationToken).ConfigureAwait(false);
        var proposed = write ?? throw Refused(forced.Gid, "the decision that was forced before has been deleted by hand. Force it again.");
        var standing = await _here.AgreeAsync(place, forced.Gid, proposed.Standing, cancellationToken).ConfigureAwait(false)
            ?? throw new FatInDoubtException(forced.Gid.ToString(), "the registry lost the forced decision at once; force it again, which is safe");
        return new ForceWrite(proposed.Decided && standing.Decision == forced.Decision.Decision, standing);
    }

    /// <summary>The record goes into this service's own database, if it has one; in any case the log has it.</summary>
    private async Task<ForceWrite> InRegistryAsync(ForcedDecision forced, ForceWrite? decided, CancellationToken cancellationToken)
    {
        var write = decided;
        if (write is null)
        {
            var standing = await _node.Registry.DecideAsync(forced.Gid, forced.Decision, cancellationToken).ConfigureAwait(false);
            write = new ForceWrite(standing.Decision == forced.Decision.Decision, standing);
        }

        if (_node.Databases.DecisionLog is not { } log)
            return write;
        try
        {
            await log.Forced.RecordAsync(forced, write, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException exception)
        {
            // Decided: the registry has it, and nothing takes it back.
            FatLog.ForceNotRecorded(_node.Logger, forced.Gid, forced.Decision.Decision, forced.By, forced.Reason, exception);
        }

        return write;
    }

    /// <summary>Makes what is here obey at once, and tells the others.</summary>
    private async Task<(int Finished, bool Published)> ObeyAsync(GroupId gid, DecisionRecord standing, FatName rootService, CancellationToken cancellationToken)
    {
        var waiting = participant.Waiting.Of(gid);
        participant.History.Settled(gid, standing.Decision, rootService);
        participant.Decided(gid, standing);
        var published = await PublishAsync(gid, standing, rootService, cancellationToken).ConfigureAwait(false);
        var finished = await search.FinishAsync(gid, standing, cancellationToken).ConfigureAwait(false);
        try
        {
            await Task.WhenAll(waiting.Select(branch => branch.Finishing)).WaitAsync(_node.Timings.WaitCommit, _node.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            // Decided: the branches go on being finished by the poll and by recovery.
        }

        return (finished + waiting.Count(branch => !participant.Waiting.Has(gid, branch.Id)), published);
    }

    private async Task<bool> PublishAsync(GroupId gid, DecisionRecord standing, FatName rootService, CancellationToken cancellationToken)
    {
        try
        {
            await _node.Registry.PublishAsync(gid, standing, cancellationToken).ConfigureAwait(false);
            await _node.Registry.UnindexAsync(rootService, [gid], cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (RegistryUnavailableException exception)
        {
            // Decided, and told to the others when the registry is back.
            FatLog.ForceNotPublished(_node.Logger, gid, exception);
            participant.Publisher.Publish(gid, standing);
            return false;
        }
    }

    private static FatForceRefusedException Refused(GroupId gid, string reason, Exception? cause = null) => new(gid.ToString(), reason, cause);
}
