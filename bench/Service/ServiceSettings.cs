using Fat.Bench.Commit;

namespace Fat.Bench.Service;

/// <summary>What the runner tells a service, through the environment.</summary>
internal sealed record ServiceSettings(CommitMode Mode, string Role, string Database, string Redis, IReadOnlyList<Uri> Children)
{
    private const string Section = "Bench";

    public static ServiceSettings Read(IConfiguration configuration)
    {
        var section = configuration.GetRequiredSection(Section);
        return new ServiceSettings(
            section.GetValue<CommitMode>(nameof(Mode)),
            section[nameof(Role)]!,
            section[nameof(Database)]!,
            section[nameof(Redis)]!,
            [.. section[nameof(Children)]!.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(address => new Uri(address))]);
    }

    public Dictionary<string, string?> ToEnvironment() => new(StringComparer.Ordinal)
    {
        [$"{Section}__{nameof(Mode)}"] = Mode.ToString(),
        [$"{Section}__{nameof(Role)}"] = Role,
        [$"{Section}__{nameof(Database)}"] = Database,
        [$"{Section}__{nameof(Redis)}"] = Redis,
        [$"{Section}__{nameof(Children)}"] = string.Join(' ', Children),
    };
}
