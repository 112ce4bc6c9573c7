namespace Fat.Torture.Stage;

/// <summary>What the processes write, a file each, in a temporary folder that goes with the run unless it is kept.</summary>
internal sealed class LogFolder : IDisposable
{
    private readonly List<TextWriter> _writers = [];

    public string Path { get; } = Directory.CreateTempSubdirectory("fat-torture-").FullName;

    public bool Keeps { get; set; }

    /// <summary>Opens a file for a process; each line begins with the time of the run.</summary>
    public Action<string> Open(string name, Func<TimeSpan> clock)
    {
        var writer = TextWriter.Synchronized(new StreamWriter(System.IO.Path.Combine(Path, name + ".log")) { AutoFlush = true });
        _writers.Add(writer);
        return line => writer.WriteLine($"{clock().TotalSeconds:000.000} {line}");
    }

    public void Dispose()
    {
        _writers.ForEach(writer => writer.Dispose());
        if (!Keeps)
            Directory.Delete(Path, recursive: true);
    }
}
