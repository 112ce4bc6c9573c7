namespace Fat;

/// <summary>
/// Is told of branches of messages that have failed <see cref="FatMessageOptions.AlertAfter"/> times in a row, and of those that have failed for good. Registered with
/// <see cref="IFatBuilder.AddMessageAlertHandler{THandler}"/>; each alert is handled by a new instance of a DI scope of its own.
/// </summary>
public interface IFatMessageAlertHandler
{
    /// <summary>Handles one alert. It is told once, by the process in which the branch failed; what this throws is logged. What failed stays visible by <see cref="IFatMessageAdmin"/>.</summary>
    /// <param name="alert">What has failed.</param>
    /// <param name="cancellationToken">The process stops, or the handler has taken over 30 s.</param>
    Task HandleAsync(FatMessageAlert alert, CancellationToken cancellationToken);
}
