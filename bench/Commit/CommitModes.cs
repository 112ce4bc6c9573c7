namespace Fat.Bench.Commit;

/// <summary>The modes and their names on the command line and in tables.</summary>
internal static class CommitModes
{
    public static IReadOnlyList<CommitMode> All { get; } = Enum.GetValues<CommitMode>();

    public static string Name(this CommitMode mode) => mode switch
    {
        CommitMode.Naive => "naive",
        CommitMode.FatPrepared => "fat-prepared",
        CommitMode.FatEarly => "fat-early",
        CommitMode.FatHeld => "fat-held",
        CommitMode.Http2Pc => "http-2pc",
        CommitMode.Http2PcBehind => "http-2pc-behind",
        _ => throw new ArgumentOutOfRangeException(nameof(mode)),
    };

    public static bool IsFat(this CommitMode mode) => mode is CommitMode.FatPrepared or CommitMode.FatEarly or CommitMode.FatHeld;
}
