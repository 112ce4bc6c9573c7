namespace Fat.TestServers;

/// <summary>What to start, and how.</summary>
public sealed record ChildProcessOptions
{
    /// <summary>The program: a path, or a name that is looked up in the PATH.</summary>
    public required string FileName { get; init; }

    /// <summary>The program's arguments, each as it is, without quotes.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <summary>What is set in, or with null removed from, the environment that the child inherits.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>(StringComparer.Ordinal);

    /// <summary>The folder in which the program starts; that of this process when null.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Is called with each line the program writes to its output or its error output, in turn.</summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>How many of the last lines are kept.</summary>
    public int TailLength { get; init; } = 1_000;

    /// <summary>
    /// Whether the kernel kills the program when this process ends in any way, killed included. Only Linux can do so;
    /// elsewhere the program ends when this object is disposed.
    /// </summary>
    public bool DiesWithParent { get; init; } = true;

    /// <summary>What the kernel sends the program when this process ends, as setpriv calls it.</summary>
    internal string ParentDeathSignal { get; init; } = "KILL";

    /// <summary>The user to become, which needs root and Linux.</summary>
    internal UnixUser? User { get; init; }
}
