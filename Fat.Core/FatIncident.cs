namespace Fat;

/// <summary>
/// A held branch that its group has committed and that was lost with its process or its connection, so that its part of the group's work is missing
/// until its call is run again.
/// </summary>
public sealed record FatIncident
{
    /// <summary>The group.</summary>
    public required string Gid { get; init; }

    /// <summary>The branch.</summary>
    public required string Branch { get; init; }

    /// <summary>The database, by its name.</summary>
    public required string Database { get; init; }

    /// <summary>The method that ran in it.</summary>
    public required string Method { get; init; }

    /// <summary>What has become of it.</summary>
    public required FatIncidentState State { get; init; }

    /// <summary>Goes up with every change. Who wants to change the incident says which one he has seen.</summary>
    public required int Version { get; init; }

    /// <summary>How often it was begun to run the call again.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why it is open or failed, or what the operator noted who closed it; null when it is replayed, or about to be.</summary>
    public string? Reason { get; init; }

    /// <summary>The method allows to be run again (<see cref="FatTransactionAttribute.Replay"/>).</summary>
    public required bool AllowsReplay { get; init; }

    /// <summary>When the branch was about to vote, by the database's clock.</summary>
    public required DateTimeOffset Began { get; init; }

    /// <summary>When the incident changed last, by the database's clock.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>The process that had the branch.</summary>
    public required string Instance { get; init; }
}
