namespace Fat;

/// <summary>
/// Every branch worker of this process is busy and the queue is full. Nothing was begun. Raise
/// <c>Fat:Workers:MaxConcurrent</c> or <c>Fat:Workers:QueueCapacity</c>, add instances, or call less.
/// </summary>
public sealed class FatSaturatedException : FatException
{
    /// <summary>Creates the exception.</summary>
    /// <param name="maxConcurrent">How many branches run at once.</param>
    /// <param name="queueCapacity">How many may wait.</param>
    public FatSaturatedException(int maxConcurrent, int queueCapacity)
        : base($"All {maxConcurrent} branch workers are busy and {queueCapacity} branches are waiting. " +
               "Raise Fat:Workers:MaxConcurrent or Fat:Workers:QueueCapacity, or add instances of this service.")
    {
    }
}
