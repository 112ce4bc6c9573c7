using System.Diagnostics.CodeAnalysis;

namespace Fat.Protocol;

/// <summary>The id of a group (FAT's rootTxKey): a UUIDv7, so ids sort by the time their groups began.</summary>
internal readonly record struct GroupId(Guid Value)
{
    public static GroupId New(DateTimeOffset now) => new(Guid.CreateVersion7(now));

    /// <summary>Accepts the one spelling that <see cref="ToString"/> writes: names of prepared transactions are compared as text.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out GroupId id)
    {
        var parsed = Guid.TryParseExact(text, "D", out var value) && value != Guid.Empty && value.ToString("D") == text;
        id = parsed ? new GroupId(value) : default;
        return parsed;
    }

    /// <summary>The first 48 bits are the milliseconds since 1970 by the clock of the root's machine.</summary>
    public DateTimeOffset Began
    {
        get
        {
            Span<byte> bytes = stackalloc byte[16];
            Value.TryWriteBytes(bytes, bigEndian: true, out _);
            var milliseconds = 0L;
            foreach (var one in bytes[..6])
                milliseconds = (milliseconds << 8) | one;

            // An id that a stranger made may hold any number.
            return DateTimeOffset.FromUnixTimeMilliseconds(Math.Min(milliseconds, DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));
        }
    }

    public override string ToString() => Value.ToString("D");
}
