using Fat.Core.Tests.World;
using Fat.TestServers;

namespace Fat.Core.Tests.Trouble;

public sealed class EarlyTroubleWorld(Servers servers) : TroubleWorld(servers)
{
    protected override FatAnswer ChildAnswers => FatAnswer.Early;
}

/// <summary>A world with a PostgreSQL that can be broken, for one of its two services.</summary>
public abstract class DatabaseTroubleWorld(Servers servers) : TroubleWorld(servers)
{
    public BreakablePostgres Postgres { get; } = new();

    public override async ValueTask InitializeAsync()
    {
        await Postgres.InitializeAsync();
        await base.InitializeAsync();
    }

    public override async Task ReadyAsync()
    {
        await Postgres.RunsAsync();
        await base.ReadyAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Postgres.DisposeAsync();
        GC.SuppressFinalize(this);
    }
}

public sealed class ChildDatabaseTroubleWorld(Servers servers) : DatabaseTroubleWorld(servers)
{
    protected override PostgresServer ChildServer => Postgres.Server;
}

public sealed class RootDatabaseTroubleWorld(Servers servers) : DatabaseTroubleWorld(servers)
{
    protected override PostgresServer RootServer => Postgres.Server;
}

public sealed class AmbientDatabaseTroubleWorld(Servers servers) : DatabaseTroubleWorld(servers)
{
    protected override PostgresServer RootServer => Postgres.Server;

    protected override FatEnlistment Enlistment => FatEnlistment.Ambient;
}
