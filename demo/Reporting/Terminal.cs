namespace Demo.Reporting;

/// <summary>Writes lines, in colour when somebody watches, and one line that is written over while work goes on.</summary>
internal sealed class Terminal
{
    private const string Bold = "1";
    private const string Dim = "2";
    private const string Red = "31";
    private const string Green = "32";

    private readonly bool _watched = !Console.IsOutputRedirected;
    private readonly bool _colours = !Console.IsOutputRedirected && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));
    private readonly Lock _gate = new();

    public void Line(string text = "") => Write(text);

    public void Title(string text) => Write(Paint(text, Bold));

    public void Faint(string text) => Write(Paint(text, Dim));

    public void Good(string text) => Write(Paint(text, Green));

    public void Bad(string text) => Write(Paint(text, Red));

    /// <summary>Shows how far the work is.</summary>
    /// <param name="text">How far it is.</param>
    /// <param name="lasting">Shown as a line of its own where lines cannot be written over.</param>
    public void Progress(string text, bool lasting)
    {
        lock (_gate)
        {
            if (_watched)
                Console.Write($"\r\e[K{Paint(text, Dim)}");
            else if (lasting)
                Console.WriteLine(text);
        }
    }

    private void Write(string text)
    {
        lock (_gate)
            Console.WriteLine(_watched ? $"\r\e[K{text}" : text);
    }

    private string Paint(string text, string colour) => _colours ? $"\e[{colour}m{text}\e[0m" : text;
}
