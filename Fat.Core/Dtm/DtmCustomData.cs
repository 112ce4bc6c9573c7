namespace Fat.Dtm;

/// <summary>What clients put into <c>custom_data</c> for the server.</summary>
internal sealed record DtmCustomData
{
    /// <summary>In seconds.</summary>
    public long Delay { get; init; }

    public bool Concurrent { get; init; }

    public IReadOnlyDictionary<int, IReadOnlyList<int>>? Orders { get; init; }
}
