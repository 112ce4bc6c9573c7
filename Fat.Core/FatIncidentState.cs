namespace Fat;

/// <summary>What has become of an incident.</summary>
public enum FatIncidentState
{
    /// <summary>The branch is lost, and its call was not run again yet: it may be soon, or it waits for an operator.</summary>
    Open,

    /// <summary>Its call was run again, and that failed. It is tried again, or waits for an operator.</summary>
    Failed,

    /// <summary>Its call was run again, and committed.</summary>
    Replayed,

    /// <summary>An operator has closed it.</summary>
    Closed,
}
