using System.Globalization;
using Fat.Coordination;
using Fat.Protocol;

namespace Fat.Core.Tests.Simulation;

/// <summary>Ids by the seed.</summary>
internal sealed class SimIds(Dice dice) : IdSource
{
    public override GroupId NewGroup(DateTimeOffset now) =>
        GroupId.TryParse(string.Create(CultureInfo.InvariantCulture, $"01900000-0000-7000-8000-{dice.Next() & 0xFFFFFFFFFFFF:x12}"), out var id)
            ? id
            : throw new InvalidOperationException();

    public override ScopeId NewScope(CallId call) =>
        ScopeId.TryParse(string.Create(CultureInfo.InvariantCulture, $"{call}-{dice.Next() & 0xFFFFFFFF:x8}"), out var id)
            ? id
            : throw new InvalidOperationException();

    public InstanceId NewInstance(string service) =>
        InstanceId.TryParse(string.Create(CultureInfo.InvariantCulture, $"{service}~{dice.Next() & 0xFFFFFFFFFFFF:x12}"), out var id)
            ? id
            : throw new InvalidOperationException();
}
