using System.Buffers.Binary;
using System.Text.Json;

namespace Wire;

/// <summary>A frame: four bytes of length, most significant first, then a message as JSON.</summary>
internal static class WireFrame
{
    private const int MaxLength = 64 * 1024;

    public static async Task WriteAsync(Stream stream, WireMessage message, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(message);
        var frame = new byte[sizeof(int) + json.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame, json.Length);
        json.CopyTo(frame, sizeof(int));
        await stream.WriteAsync(frame, cancellationToken);
    }

    /// <summary>Reads the next message; null when the other side has closed the connection.</summary>
    public static async Task<WireMessage?> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[sizeof(int)];
        if (await stream.ReadAtLeastAsync(length, length.Length, throwOnEndOfStream: false, cancellationToken) < length.Length)
            return null;
        var json = new byte[Length(length)];
        await stream.ReadExactlyAsync(json, cancellationToken);
        return JsonSerializer.Deserialize<WireMessage>(json);
    }

    private static int Length(byte[] prefix)
    {
        var length = BinaryPrimitives.ReadInt32BigEndian(prefix);
        return length is >= 0 and <= MaxLength
            ? length
            : throw new InvalidDataException($"A frame of {length} bytes: the most is {MaxLength}.");
    }
}
