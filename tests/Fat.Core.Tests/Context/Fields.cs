using Fat.Context;
using Fat.Core.Tests.Protocol;
using FsCheck;
using FsCheck.Fluent;

namespace Fat.Core.Tests.Context;

/// <summary>Remote data as tests write it.</summary>
internal static class Fields
{
    public const string Gid = "0198f0aa-0000-7000-8000-0000000000aa";

    public const string Text = "1;" + Gid + ";2.1;orders~0000000000aa;main;2500";

    public static Gen<RemoteContext> Contexts { get; } =
        from gid in Any.Group
        from call in Any.Call.Where(call => !call.IsRoot)
        from root in Any.Instance
        from database in Any.Name
        from milliseconds in Gen.Choose(0, 3_600_000)
        select new RemoteContext(gid, call, root, database, TimeSpan.FromMilliseconds(milliseconds));

    public static RemoteContext Context { get; } = RemoteContext.TryParse(Text, out var context, out var problem)
        ? context
        : throw new InvalidOperationException(problem);

    public static Dictionary<string, string> Of(string context, string? signature = null)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal) { [FatRemoteFields.Context] = context };
        if (signature is not null)
            fields[FatRemoteFields.Signature] = signature;
        return fields;
    }
}
