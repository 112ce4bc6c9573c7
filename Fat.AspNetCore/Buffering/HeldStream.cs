using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.WebUtilities;

namespace Fat.AspNetCore.Buffering;

/// <summary>
/// What an endpoint writes, kept in memory and past 32 KiB in a temporary file. It claims to be seekable for one reason:
/// <c>HttpResponse.Clear</c> empties only a seekable body. Disposing it does nothing, because endpoints dispose
/// <c>Response.Body</c> through their writers and the answer is still to be sent.
/// </summary>
internal sealed class HeldStream : Stream
{
    private FileBufferingWriteStream _buffer = new();
    private PipeWriter? _writer;

    public override bool CanRead => false;

    public override bool CanSeek => true;

    public override bool CanWrite => true;

    public override long Length => _buffer.Length;

    public override long Position
    {
        get => _buffer.Length;
        set => Seek(value, SeekOrigin.Begin);
    }

    /// <summary>Writes to the same place. What it has not flushed comes before what is written to the stream later.</summary>
    public PipeWriter Writer => _writer ??= PipeWriter.Create(_buffer, new StreamPipeWriterOptions(leaveOpen: true));

    /// <summary>With something that it has not flushed; else null.</summary>
    private PipeWriter? WriterAhead => _writer is { UnflushedBytes: > 0 } ? _writer : null;

    /// <summary>Brings what the writer still has into the stream. Nothing can be written through the writer any more.</summary>
    public ValueTask CompleteWriterAsync() => Writer.CompleteAsync();

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
    public ValueTask ReleaseAsync()
    {
        DropWriter();
        return _buffer.DisposeAsync();
    }

    public override void SetLength(long value)
    {
        if (value == _buffer.Length && WriterAhead is null)
            return;
        if (value != 0)
            throw new NotSupportedException("The held answer can only be emptied.");
        DropWriter();
        _buffer.Dispose();
        _buffer = new FileBufferingWriteStream();
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

    public override void Write(byte[] buffer, int offset, int count)
    {
        // A flush may wait for the file.
        if (WriterAhead is { } writer)
            writer.Write(buffer.AsSpan(offset, count));
        else
            _buffer.Write(buffer, offset, count);
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (WriterAhead is { } writer)
            await writer.FlushAsync(cancellationToken).ConfigureAwait(false);
        await _buffer.WriteAsync(buffer, cancellationToken).ConfigureAwait(false);
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <summary>With an exception the writer throws away what it has not flushed.</summary>
    private void DropWriter()
    {
        _writer?.Complete(new OperationCanceledException("The answer was discarded."));
        _writer = null;
    }
}
