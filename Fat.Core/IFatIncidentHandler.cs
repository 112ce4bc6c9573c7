namespace Fat;

/// <summary>
/// Is told of lost branches and of branches in doubt. Registered with <see cref="IFatBuilder.AddIncidentHandler{THandler}"/>; each event is handled by a new
/// instance of a DI scope of its own, in some process of the service.
/// </summary>
public interface IFatIncidentHandler
{
    /// <summary>
    /// Handles one event. Those of one incident come one after the other and in their order. An event of an incident is told until every handler
    /// has returned, across crashes, so it may come again (<see cref="FatIncidentEvent.Id"/>); one of a branch in doubt is told ten times at most, by the
    /// process that noticed.
    /// </summary>
    /// <param name="happened">The event.</param>
    /// <param name="cancellationToken">
    /// The process stops, or the handler has taken over a minute: it is told again. Five seconds later nobody waits for it any more.
    /// </param>
    Task HandleAsync(FatIncidentEvent happened, CancellationToken cancellationToken);
}
