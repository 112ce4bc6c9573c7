namespace Fat.Bench.Service;

/// <summary>A row that is written again and again.</summary>
public sealed class Account
{
    public required int Id { get; init; }

    public long Balance { get; set; }
}
