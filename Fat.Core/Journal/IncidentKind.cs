namespace Fat.Journal;

/// <summary>What incidents tell, as it stands in the table.</summary>
internal static class IncidentKind
{
    public const string Opened = "opened";

    public const string Replayed = "replayed";

    public const string Failed = "failed";

    public const string Closed = "closed";
}
