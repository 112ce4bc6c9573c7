namespace Fat.Core.Tests.Trouble;

/// <summary>What can be wrong with Redis.</summary>
public enum RedisTrouble
{
    /// <summary>Killed and started again at once, without its data.</summary>
    Restarted,

    /// <summary>Killed; connections are refused.</summary>
    Down,

    /// <summary>Packets vanish; nothing is refused and nothing is answered.</summary>
    Unreachable,

    /// <summary>It answers, later than CommandTimeout: what was given up takes effect all the same.</summary>
    Slow,

    /// <summary>It was made a replica, which refuses to write.</summary>
    ReadOnly,

    /// <summary>Its password was changed, and every connection closed.</summary>
    WrongPassword,

    /// <summary>maxmemory is reached and nothing may be evicted.</summary>
    OutOfMemory,

    /// <summary>SCRIPT FLUSH.</summary>
    ScriptsForgotten,
}
