using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>Makes new ids. A simulation makes them from its seed.</summary>
internal class IdSource
{
    protected IdSource()
    {
    }

    public static IdSource Random { get; } = new();

    public virtual GroupId NewGroup(DateTimeOffset now) => GroupId.New(now);

    public virtual ScopeId NewScope(CallId call) => ScopeId.New(call);
}
