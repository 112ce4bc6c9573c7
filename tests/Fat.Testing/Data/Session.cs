using Fat.Testing.Hosting;

namespace Fat.Testing.Data;

/// <summary>One connection, as the server sees it. The server's lock guards it.</summary>
internal sealed class Session(Incarnation owner)
{
    public Incarnation Owner => owner;

    public bool IsOpen { get; set; } = true;

    /// <summary>A statement failed: nothing but a roll back is possible.</summary>
    public bool IsFailed { get; set; }

    public bool IsReadOnly { get; set; }

    /// <summary>How long it waits for a row lock.</summary>
    public TimeSpan? LockTimeout { get; set; }

    /// <summary>The open transaction.</summary>
    public Work? Work { get; set; }
}
