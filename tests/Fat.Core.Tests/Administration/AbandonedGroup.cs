using Fat.Context;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Registry;

namespace Fat.Core.Tests.Administration;

/// <summary>What a root does until it is gone. Its children are real, and so is what they prepare.</summary>
internal sealed class AbandonedGroup(IGroupRegistry registry, FatName rootService, FatName database, TimeSpan remaining)
{
    private static readonly FatServiceRegisterAttribute Early = new() { Answer = FatAnswer.Early };

    private int _calls;

    public GroupId Id { get; } = GroupId.New(TimeProvider.System.GetUtcNow());

    public string Gid => Id.ToString();

    public InstanceId Root { get; } = InstanceId.New(rootService);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async Task RegisterAsync()
    {
        await registry.RegisterAsync(new ScopeRegistration(Id, ScopeId.New(CallId.Root), Root, "POST /orders", null, null, Root, database, remaining), Stop);
        await registry.IndexOpenAsync(rootService, [new OpenGroup(Id, database, remaining)], Stop);
    }

    /// <summary>A child that votes in its reply.</summary>
    public async Task CallAsync(Service service, int id) =>
        Assert.Equal(FatOutcome.Answered, (await service.HandleAsync(Fields(), (items, token) => items.AddAsync(id, token))).Outcome);

    /// <summary>A child that answers early and votes through the registry.</summary>
    public async Task CallEarlyAsync(Service service, int id)
    {
        var voted = (await SnapshotAsync())?.Branches.Length ?? 0;
        Assert.Equal(FatOutcome.Answered, (await service.HandleAsync(Fields(), (items, token) => items.AddAsync(id, token), Early)).Outcome);
        await AdminWorld.UntilAsync(async () => (await SnapshotAsync())?.Branches.Count(view => view.Branch.Vote == Vote.Prepared) > voted);
    }

    /// <summary>The root's method has returned, and it waits for the votes of all who have registered.</summary>
    public async Task SealAsync()
    {
        var branches = (await SnapshotAsync())!.Branches.Select(view => view.Branch.Id);
        await registry.SealAsync(new GroupSeal(Id, Root, [.. branches], []), Stop);
    }

    public async Task<GroupSnapshot?> SnapshotAsync() => (await registry.ReadAsync([Id], Stop))[Id];

    public Task PublishAsync(DecisionRecord decision) => registry.PublishAsync(Id, decision, Stop).AsTask();

    public Task AskAbortAsync() => registry.AskAbortAsync(Id, Root, AbortReason.Of("accounts", "Pay", "No money."), Stop).AsTask();

    /// <summary>The root's process gives a sign of life.</summary>
    public Task HeartbeatAsync() => registry.HeartbeatAsync(Root, Stop).AsTask();

    private Dictionary<string, string> Fields() =>
        new RemoteDataSigner(null).Write(new RemoteContext(Id, CallId.Root.Child(++_calls), Root, database, remaining));
}
