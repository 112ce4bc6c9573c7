namespace Fat;

/// <summary>What has happened.</summary>
public enum FatIncidentEventKind
{
    /// <summary>A held branch is lost whose group has committed.</summary>
    Opened,

    /// <summary>Its call was run again, and committed.</summary>
    Replayed,

    /// <summary>Its call was run again, and that failed.</summary>
    Failed,

    /// <summary>An operator has closed the incident.</summary>
    Closed,

    /// <summary>
    /// A branch has been waiting for its group's decision, or could not obey it, for longer than <see cref="FatOptions.InDoubtAlert"/>. Not an incident, and
    /// not recorded: each process tells of a branch once, for as long as it runs.
    /// </summary>
    InDoubt,
}
