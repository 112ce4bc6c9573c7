namespace Fat.Registry;

/// <summary>
/// How long the registry keeps what nobody takes out. Nothing is kept for ever: a process that is gone leaves nothing behind,
/// and what expires is unknown, which is allowed of everything that is decided elsewhere (rule S6).
/// </summary>
internal static class RegistryLifetimes
{
    /// <summary>Past its deadline an undecided group stays this long after it was last written, so it never vanishes while it may live.</summary>
    public static readonly TimeSpan OpenGrace = TimeSpan.FromHours(1);

    /// <summary>A committed group with branches that are not done. Its decision is a row, which whoever comes later asks.</summary>
    public static readonly TimeSpan Committed = TimeSpan.FromHours(1);

    /// <summary>
    /// The same where the commit was decided in the registry and is written nowhere else: once it is forgotten, a branch that has not
    /// obeyed it rolls back. So it is longer than a service stays away, and ends for the sake of services that never come back.
    /// </summary>
    public static readonly TimeSpan CommittedHere = TimeSpan.FromDays(30);

    /// <summary>A committed group all of whose branches are done: only stragglers still ask.</summary>
    public static readonly TimeSpan Done = TimeSpan.FromSeconds(60);

    /// <summary>A rolled back group: late branches find out without asking for resolution.</summary>
    public static readonly TimeSpan RolledBack = TimeSpan.FromMinutes(10);

    /// <summary>An inbox or a list of requests that nobody empties, after the last push.</summary>
    public static readonly TimeSpan Messages = TimeSpan.FromHours(1);

    /// <summary>The index of open groups, after the latest deadline in it.</summary>
    public static readonly TimeSpan OpenIndex = TimeSpan.FromDays(1);

    /// <summary>A heartbeat of an instance that did not leave in good order.</summary>
    public static readonly TimeSpan Heartbeat = TimeSpan.FromDays(1);

    /// <summary>The last number that a queue of work gave out, after that. The work itself stays until it is over.</summary>
    public static readonly TimeSpan Numbers = TimeSpan.FromDays(1);

    /// <summary>A prepared message, after its time-out.</summary>
    public static readonly TimeSpan PreparedMessage = TimeSpan.FromDays(1);

    /// <summary>A message that is under way, and the lists of messages, after they were last written.</summary>
    public static readonly TimeSpan Message = TimeSpan.FromDays(30);

    /// <summary>A message that was cancelled, or that had no branches: whoever asks late finds out.</summary>
    public static readonly TimeSpan MessageOver = TimeSpan.FromMinutes(10);

    /// <summary>The ended groups of a service, and the list of services that had some, after that.</summary>
    public static readonly TimeSpan Past = TimeSpan.FromDays(7);

    /// <summary>The counts of an hour, a little longer than the week in which they are asked for.</summary>
    public static readonly TimeSpan Hours = TimeSpan.FromHours((7 * 24) + 1);

    /// <summary>The counts of a minute.</summary>
    public static readonly TimeSpan Minutes = TimeSpan.FromHours(2) + TimeSpan.FromMinutes(1);

    /// <summary>How a process said that it is.</summary>
    public static readonly TimeSpan Status = TimeSpan.FromSeconds(60);
}
