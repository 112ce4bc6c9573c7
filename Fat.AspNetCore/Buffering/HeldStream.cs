using Microsoft.AspNetCore.WebUtilities;

namespace Fat.AspNetCore.Buffering;

/// <summary>
/// What an endpoint writes, kept in memory and past 32 KiB in a temporary file. It claims to be seekable for one reason:
/// <c>HttpResponse.Clear</c> empties only a seekable body. Disposing it does nothing, because endpoints dispose
/// <c>Response.Body</c> through their writers and the answer is still to be sent.
/// </summary>
internal sealed class HeldStream(Action emptied) : Stream
{
    private FileBufferingWriteStream _buffer = new();

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _buffer.Length;

    public override long Position
    {
        get => _buffer.Length;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>The bytes, when they are few enough to be still in memory, else null. They stay in the stream.</summary>
    public async Task<byte[]?> PeekAsync(CancellationToken cancellationToken)
    {
        if (_buffer.Length > _buffer.MemoryThreshold)
            return null;
        var copy = new MemoryStream();
        await using (copy.ConfigureAwait(false))
        {
            await _buffer.DrainBufferAsync(copy, cancellationToken).ConfigureAwait(false);
            var bytes = copy.ToArray();
            await _buffer.WriteAsync(bytes, cancellationToken).ConfigureAwait(false);
            return bytes;
        }
    }

    public Task DrainAsync(Stream destination, CancellationToken cancellationToken) =>
        _buffer.DrainBufferAsync(destination, cancellationToken);

    /// <summary>Removes the temporary file. Later writes throw.</summary>
    public ValueTask ReleaseAsync() => _buffer.DisposeAsync();

    public override void SetLength(long value)
    {
        if (value == _buffer.Length)
            return;
        if (value != 0)
            throw new NotSupportedException("The held answer can only be emptied.");
        _buffer.Dispose();
        _buffer = new FileBufferingWriteStream();
        emptied();
    }

    public override long Seek(long offset, SeekOrigin origin)
    {
        var target = origin == SeekOrigin.Begin ? offset : _buffer.Length + offset;
        return target == _buffer.Length ? target : throw new NotSupportedException("The held answer is written from start to end.");
    }

    public override void Flush()
    {
        // Nothing leaves before the decision.
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Write(byte[] buffer, int offset, int count) => _buffer.Write(buffer, offset, count);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        _buffer.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        _buffer.WriteAsync(buffer, cancellationToken);

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
}
