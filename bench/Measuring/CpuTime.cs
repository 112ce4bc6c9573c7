using System.Globalization;

namespace Fat.Bench.Measuring;

/// <summary>How much processor time processes have used so far, by the kernel's table of processes. Zero where there is no <c>/proc</c>.</summary>
internal static class CpuTime
{
    private const double TicksPerSecond = 100;
    private const int Parent = 1;
    private const int User = 11;
    private const int ChildSystem = 14;

    /// <summary>Seconds of a process.</summary>
    public static double Of(int processId) => Fields(processId) is { } fields ? Sum(fields, User, User + 1) : 0;

    /// <summary>Seconds of a process, of its children that live, and of those that have ended.</summary>
    public static double OfFamily(int processId)
    {
        if (Fields(processId) is not { } own)
            return 0;
        var children = Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var id) ? Fields(id) : null)
            .Where(fields => fields is not null && int.Parse(fields[Parent], CultureInfo.InvariantCulture) == processId)
            .Sum(fields => Sum(fields!, User, User + 1));
        return Sum(own, User, ChildSystem) + children;
    }

    private static double Sum(string[] fields, int first, int last)
    {
        long ticks = 0;
        for (var i = first; i <= last; i++)
            ticks += long.Parse(fields[i], CultureInfo.InvariantCulture);
        return ticks / TicksPerSecond;
    }

    /// <summary>What follows "123 (name, which may hold anything) " in the process's line.</summary>
    private static string[]? Fields(int processId)
    {
        try
        {
            var line = File.ReadAllText($"/proc/{processId.ToString(CultureInfo.InvariantCulture)}/stat");
            return line[(line.LastIndexOf(')') + 2)..].Split(' ');
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return null;
        }
    }
}
