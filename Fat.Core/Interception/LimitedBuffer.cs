using System.Buffers;

namespace Fat.Interception;

/// <summary>Takes so many bytes and fails on the next one, so that what is too large is not all written first.</summary>
internal sealed class LimitedBuffer(int limit) : IBufferWriter<byte>
{
    private readonly ArrayBufferWriter<byte> _written = new();

    public ReadOnlySpan<byte> Written => _written.WrittenSpan;

    /// <exception cref="InvalidOperationException">It is more than may be written.</exception>
    public void Advance(int count)
    {
        if (count > limit - _written.WrittenCount)
            throw new InvalidOperationException($"They have too many bytes as JSON: {limit} are allowed (Fat:JournalLimit).");
        _written.Advance(count);
    }

    public Memory<byte> GetMemory(int sizeHint = 0) => _written.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _written.GetSpan(sizeHint);
}
