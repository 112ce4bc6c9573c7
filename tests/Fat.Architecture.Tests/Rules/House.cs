using Fat.Architecture.Tests.Reading;

namespace Fat.Architecture.Tests.Rules;

/// <summary>The table of rooms (docs/architecture.md holds the same), and who breaks it.</summary>
internal sealed class House
{
    public const string Root = "root";

    private const string Injection = "Microsoft.Extensions.DependencyInjection.Abstractions";
    private const string Logging = "Microsoft.Extensions.Logging.Abstractions";
    private const string EntityFramework = "Microsoft.EntityFrameworkCore";
    private const string Http = "Microsoft.Extensions.Http";
    private const string Redis = "StackExchange.Redis";

    /// <summary>Public types that are a room's own way in, whatever their namespace.</summary>
    private static readonly Dictionary<string, string> Doors = new(StringComparer.Ordinal)
    {
        ["Fat.FatBarrier"] = "Messages",
        ["Fat.FatDialects"] = "Dialects",
        ["Fat.FatRedisBuilderExtensions"] = "Registry/Redis",
        ["Microsoft.Extensions.DependencyInjection.FatServiceCollectionExtensions"] = "Hosting",
    };

    private readonly string _namespace;

    public House(string rootNamespace) => _namespace = rootNamespace;

    public static IReadOnlyList<Room> Rooms { get; } =
    [
        new(Root, ["Context"], [EntityFramework + ":DbContext", EntityFramework + ":IDbContextTransaction", Injection]),
        new("Protocol", [Root], []),
        new("Context", [Root, "Protocol"], []),
        new("Faults", ["Protocol"], []),
        new("Registry", ["Protocol", "Faults"], []),
        new("Registry/InMemory", ["Registry", "Protocol"], []),
        new("Registry/Redis", [Root, "Registry", "Protocol"], [Redis, Injection]),
        new("Dialects", [Root], []),
        new("Resources", [Root, "Protocol", "Faults"], [EntityFramework, EntityFramework + ".Relational", Injection]),
        new("Decisions", [Root, "Protocol", "Registry", "Resources", "Faults"], []),
        new("Journal", [Root, "Protocol", "Resources", "Faults"], []),
        new("Diagnostics", [Root, "Protocol", "Coordination"], [Logging]),
        new("Coordination", [Root, "Context", "Protocol", "Registry", "Resources", "Decisions", "Diagnostics", "Faults"], [Logging]),
        new("Recovery", [Root, "Protocol", "Registry", "Resources", "Decisions", "Coordination", "Diagnostics"], []),
        new("Interception", [Root, "Context", "Coordination", "Resources"], ["Castle.Core", Injection]),
        new(
            "Messages",
            [Root, "Protocol", "Registry", "Dialects", "Resources", "Coordination", "Diagnostics", "Faults"],
            [EntityFramework, EntityFramework + ".Relational", Injection, Http]),
        new("Dtm", [Root, "Protocol", "Registry", "Resources", "Coordination", "Messages", "Diagnostics", "Faults"], []),
        new("Incidents", [Root, "Context", "Protocol", "Registry", "Resources", "Journal", "Coordination", "Recovery", "Interception", "Diagnostics"], [Injection]),
        new("Health", [Root, "Protocol", "Registry", "Resources", "Journal", "Coordination", "Recovery"], []),
        new("Administration", [Root, "Protocol", "Registry", "Resources", "Decisions", "Journal", "Coordination", "Recovery", "Incidents", "Diagnostics"], []),
        new(
            "Hosting",
            [Root, "Protocol", "Context", "Registry", "Registry/InMemory", "Registry/Redis", "Dialects", "Resources", "Decisions", "Journal", "Diagnostics", "Coordination", "Recovery", "Interception", "Incidents", "Health", "Administration", "Messages", "Dtm", "Faults"],
            [
                EntityFramework, EntityFramework + ".Relational", Injection, Logging, "Microsoft.Extensions.Configuration.Abstractions", "Microsoft.Extensions.Hosting.Abstractions",
                "Microsoft.Extensions.Options", "Microsoft.Extensions.Options.ConfigurationExtensions", Http,
            ]),
    ];

    /// <summary>The room in which a type stands, or null when its namespace is none of the house's.</summary>
    public string? RoomOf(TypeName type)
    {
        if (Doors.TryGetValue(type.FullName, out var room))
            return room;
        if (type.Namespace == _namespace)
            return Root;
        return type.Namespace.StartsWith(_namespace + ".", StringComparison.Ordinal)
            ? type.Namespace[(_namespace.Length + 1)..].Replace('.', '/')
            : null;
    }

    /// <summary>What the table does not allow, a line each.</summary>
    public IEnumerable<string> Violations(IEnumerable<Touch> touches)
    {
        foreach (var touch in touches)
        {
            if (RoomOf(touch.From) is not { } from)
            {
                if (!IsGenerated(touch.From))
                    yield return $"{touch.From.FullName} stands in no room: its namespace is none of {_namespace}'s.";
            }
            else if (Find(from) is not { } room)
            {
                yield return $"{touch.From.FullName} stands in the room {from}, which is not in the table (tests/Fat.Architecture.Tests/Rules/House.cs and docs/architecture.md).";
            }
            else if (Problem(room, touch) is { } problem)
            {
                yield return $"{problem}: {touch}.";
            }
        }
    }

    /// <summary>What the table allows and nobody needs: a table that says more than the code does is not true to it.</summary>
    public IEnumerable<string> Unused(IReadOnlyCollection<Touch> touches)
    {
        var used = touches.Select(touch => (From: RoomOf(touch.From), To: touch.From.Assembly == touch.To.Assembly ? RoomOf(touch.To) : touch.To.Assembly)).ToHashSet();
        foreach (var room in Rooms)
        {
            foreach (var other in room.Rooms.Concat(room.Packages.Select(package => package.Split(':')[0])))
            {
                if (!used.Contains((room.Name, other)))
                    yield return $"{room.Name} may touch {other}, and nothing in it does.";
            }
        }
    }

    private static Room? Find(string name) => Rooms.FirstOrDefault(room => room.Name == name);

    private string? Problem(Room room, Touch touch)
    {
        if (touch.From.Assembly != touch.To.Assembly)
            return IsBaseLibrary(touch.To) || IsAllowed(room, touch.To) ? null : $"{room.Name} may not touch {touch.To.Assembly}";
        var to = RoomOf(touch.To);
        return to is null || to == room.Name || room.Rooms.Contains(to, StringComparer.Ordinal) ? null : $"{room.Name} may not touch {to}";
    }

    private static bool IsAllowed(Room room, TypeName type) =>
        room.Packages.Contains(type.Assembly, StringComparer.Ordinal) || room.Packages.Contains($"{type.Assembly}:{type.Name}", StringComparer.Ordinal);

    private static bool IsBaseLibrary(TypeName type) => type.Assembly.StartsWith("System.", StringComparison.Ordinal) || type.Assembly is "netstandard" or "mscorlib";

    /// <summary>What compilers and generators put beside the code.</summary>
    private static bool IsGenerated(TypeName type) =>
        type.Name.StartsWith('<') || type.Namespace is "System.Text.RegularExpressions.Generated" or "System.Runtime.CompilerServices" or "Microsoft.CodeAnalysis";
}
