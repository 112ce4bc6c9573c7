namespace Fat.Testing.Data;

/// <summary>The statements that the database in memory knows: those that Fat sends.</summary>
internal static class Statement
{
    public const string Probe = "PROBE";

    /// <summary>How Fat's own connections are looked at.</summary>
    public const string Look = "SELECT 1";

    public const string Commit = "COMMIT";
    public const string Lock = "LOCK TIMEOUT";
    public const string ReadOnly = "READ ONLY";
    public const string HasWritten = "HAS WRITTEN";
    public const string Prepare = "PREPARE";
    public const string CommitPrepared = "COMMIT PREPARED";
    public const string RollBackPrepared = "ROLLBACK PREPARED";
    public const string ListPrepared = "LIST PREPARED";
}
