namespace Fat.Coordination;

/// <summary>Whether this process still takes groups. Thread-safe.</summary>
internal sealed class Admission
{
    private volatile bool _closed;

    public bool IsClosed => _closed;

    public void Close() => _closed = true;
}
