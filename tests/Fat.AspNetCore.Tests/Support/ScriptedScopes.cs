namespace Fat.AspNetCore.Tests.Support;

/// <summary>
/// Runs bodies as the real scopes do, but ends them as the test says, and when the test says. The real ones are used
/// where they can be; this one is for outcomes that the real ones do not produce on demand.
/// </summary>
internal sealed class ScriptedScopes : IFatScopes
{
    public const string Gid = "01900000-0000-7000-8000-000000000001";

    private readonly TaskCompletionSource _bodyOver = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The scopes that were entered.</summary>
    public List<FatScopeRequest> Entered { get; } = [];

    /// <summary>What the last body returned.</summary>
    public string? Reason { get; private set; }

    /// <summary>What the last body threw.</summary>
    public Exception? Thrown { get; private set; }

    /// <summary>Completes when a body is over and its scope is about to be decided.</summary>
    public Task BodyOver => _bodyOver.Task;

    /// <summary>The decision falls when this does.</summary>
    public Task Decision { get; init; } = Task.CompletedTask;

    /// <summary>The token that bodies get.</summary>
    public CancellationToken Aborted { get; init; }

    /// <summary>The caller's own token, as the middleware passed it.</summary>
    public CancellationToken Caller { get; private set; }

    /// <summary>Runs instead of the body.</summary>
    public Exception? Refusal { get; init; }

    /// <summary>How a scope ends; by default as its body did.</summary>
    public Func<ScriptedScopes, FatScopeResult> End { get; init; } = scopes => scopes.AsTheBodySaid();

    public async Task<FatScopeResult> RunAsync(
        FatScopeRequest request, Func<CancellationToken, Task<string?>> body, CancellationToken cancellationToken = default)
    {
        Entered.Add(request);
        Caller = cancellationToken;
        if (Refusal is not null)
            throw Refusal;
        (Reason, Thrown) = (null, null);
        try
        {
            Reason = await body(Aborted);
        }
        catch (Exception thrown)
        {
            Thrown = thrown;
        }

        _bodyOver.TrySetResult();
        await Decision;
        return End(this);
    }

    public FatScopeResult AsTheBodySaid() => (Reason ?? Thrown?.Message) is { } reason ? RolledBack(reason, Thrown) : Committed();

    public static FatScopeResult Committed() => new(FatOutcome.Committed, error: null, Reply(null), Gid);

    public static FatScopeResult RolledBack(string reason, Exception? cause = null, string? reply = null) =>
        new(FatOutcome.RolledBack, new FatAbortedException(Gid, "stock", "Reserve", reason, cause), Reply(reply), Gid);

    public static FatScopeResult InDoubt(string reason) =>
        new(FatOutcome.InDoubt, new FatInDoubtException(Gid, reason), Reply(null), Gid);

    public static FatScopeResult Answered(string reply) => new(FatOutcome.Answered, error: null, Reply(reply), Gid);

    private static Dictionary<string, string> Reply(string? value) =>
        value is null ? [] : new Dictionary<string, string>(StringComparer.Ordinal) { [FatRemoteFields.Reply] = value };
}
