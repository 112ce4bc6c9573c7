using Fat.Bench.Commit;

namespace Fat.Bench.Service;

/// <summary>Shows what a service complains about, a few times: a round with failures in it is worth little.</summary>
internal sealed class Complaints(ServiceSettings settings)
{
    private const int Most = 3;

    private int _told;
    private bool _goesOn;

    /// <summary>Is given each line that the service writes. The text of an error is on the lines that follow its head.</summary>
    public void Hear(string line)
    {
        var begins = line.StartsWith("fail:", StringComparison.Ordinal) || line.StartsWith("crit:", StringComparison.Ordinal);
        if (begins && ++_told > Most)
            return;
        if (begins || (_goesOn && line.StartsWith("      ", StringComparison.Ordinal)))
            Console.Error.WriteLine($"    {settings.Mode.Name()} {settings.Role}: {line}");
        _goesOn = begins;
    }
}
