namespace Fat;

/// <summary>The background workers of one process.</summary>
public sealed class FatWorkerOptions
{
    /// <summary>How many branches run their method at once. A branch that waits for a decision does not count. Default: 256.</summary>
    public int MaxConcurrent { get; set; } = 256;

    /// <summary>How many more may wait for a worker before <see cref="FatSaturatedException"/>. Default: 1,024.</summary>
    public int QueueCapacity { get; set; } = 1024;
}
