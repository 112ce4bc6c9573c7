namespace Fat.Bench.Commit;

/// <summary>How many calls a root makes, and how many clients there are.</summary>
internal sealed record CommitLoad(int Children, int Concurrency)
{
    public override string ToString() => $"root + {Children}, {Concurrency} at once";
}
