namespace Fat.Torture.Service;

/// <summary>For how long this instance's own requests are disturbed, as the nemesis asked.</summary>
internal sealed class Disturbance(TimeProvider time)
{
    private readonly long _origin = time.GetTimestamp();
    private long _duplicateUntil;
    private long _reorderUntil;

    public bool Duplicates => Now < Volatile.Read(ref _duplicateUntil);

    public bool Reorders => Now < Volatile.Read(ref _reorderUntil);

    private long Now => (long)time.GetElapsedTime(_origin).TotalMilliseconds;

    public void Duplicate(int milliseconds) => Volatile.Write(ref _duplicateUntil, Now + milliseconds);

    public void Reorder(int milliseconds) => Volatile.Write(ref _reorderUntil, Now + milliseconds);
}
