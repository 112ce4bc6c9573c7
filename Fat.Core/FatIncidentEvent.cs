namespace Fat;

/// <summary>Something that an operator wants to know of a branch, as handlers and the webhook are told.</summary>
public sealed record FatIncidentEvent
{
    /// <summary>Unique, a UUIDv7. Who is told twice knows it by this.</summary>
    public required string Id { get; init; }

    /// <summary>What has happened.</summary>
    public required FatIncidentEventKind Kind { get; init; }

    /// <summary>The service whose branch it is.</summary>
    public required string Service { get; init; }

    /// <summary>The process that found it out or did it.</summary>
    public required string Instance { get; init; }

    /// <summary>The database, by its name.</summary>
    public required string Database { get; init; }

    /// <summary>The group.</summary>
    public required string Gid { get; init; }

    /// <summary>The branch.</summary>
    public required string Branch { get; init; }

    /// <summary>The method that ran in it; null for a branch in doubt that another process ran.</summary>
    public string? Method { get; init; }

    /// <summary>The incident's version since then: later events of one incident have a higher one. 0 for a branch in doubt.</summary>
    public required int Version { get; init; }

    /// <summary>Why it was not run again, why it failed, what the operator noted, or how long it has been in doubt; null when there is nothing to say.</summary>
    public string? Reason { get; init; }

    /// <summary>The operator who did it; null when it happened by itself.</summary>
    public string? By { get; init; }

    /// <summary>How often it was begun to run the call again.</summary>
    public required int Attempts { get; init; }

    /// <summary>When: by the clock of the database, or, for a branch in doubt, of the process.</summary>
    public required DateTimeOffset At { get; init; }
}
