using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using Fat.Protocol;

namespace Fat.Resources;

/// <summary>
/// How the session of a transaction that stays open for long is called on the server, so that whoever waits for its locks can tell whose it
/// is: <c>fat:{gid}:{branch}:{instance}</c>, with the gid in base64url and the digits of the instance alone. At most 63 bytes, which
/// is what PostgreSQL keeps of an application's name; null where a branch's id is too long for that.
/// </summary>
internal sealed record BranchMark(GroupId Gid, BranchId Branch, string Instance)
{
    private const int MaxLength = 63;

    public static string? Of(GroupId gid, BranchId branch, InstanceId instance)
    {
        var text = new BranchMark(gid, branch, instance.Text[(instance.Text.LastIndexOf('~') + 1)..]).ToString();
        return text.Length <= MaxLength ? text : null;
    }

    public static bool TryParse(string text, [NotNullWhen(true)] out BranchMark? mark)
    {
        mark = null;
        if (text.Split(':') is not ["fat", var gid, var branch, var instance] || !BranchId.TryParse(branch, out var id))
            return false;
        var bytes = new byte[16];
        if (!Base64Url.IsValid(gid, out var length) || length != bytes.Length)
            return false;
        Base64Url.DecodeFromChars(gid, bytes);
        mark = new BranchMark(new GroupId(new Guid(bytes, bigEndian: true)), id, instance);
        return true;
    }

    public override string ToString() => $"fat:{Base64Url.EncodeToString(Gid.Value.ToByteArray(bigEndian: true))}:{Branch}:{Instance}";
}
