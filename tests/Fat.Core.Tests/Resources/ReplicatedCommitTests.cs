using System.Data.Common;
using Fat.Resources;
using Npgsql;

namespace Fat.Core.Tests.Resources;

/// <summary>What a server answers to the question behind a COMMIT that it has stopped waiting for says nothing of that COMMIT.</summary>
public sealed class ReplicatedCommitTests
{
    private static readonly PostgresException Cancelled = new("canceling statement due to user request", "ERROR", "ERROR", PostgresErrorCodes.QueryCanceled);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_question_that_is_refused_leaves_the_commit_in_doubt()
    {
        await using var connection = new NpgsqlConnection();
        Assert.True(FatDialects.PostgreSql.IsRefusal(Cancelled));

        var unknown = await Assert.ThrowsAsync<UnreplicatedCommitException>(() => ReplicatedCommit.RunAsync(new Alone(() => throw Cancelled), connection, () => Task.FromResult(1), Stop));

        Assert.False(FatDialects.PostgreSql.IsRefusal(unknown));
        Assert.Same(Cancelled, unknown.InnerException);
    }

    [Fact]
    public async Task A_question_that_is_answered_settles_it()
    {
        await using var connection = new NpgsqlConnection();

        Assert.Equal(1, await ReplicatedCommit.RunAsync(new Alone(() => { }), connection, () => Task.FromResult(1), Stop));
    }

    /// <summary>A server whose standby is away during the first statement, and what becomes of the second.</summary>
    private sealed class Alone(Action confirm) : FatDialect
    {
        private bool _asked;

        public override string Product => FatDialects.PostgreSql.Product;

        internal override IDisposable? OnUnreplicated(DbConnection connection, Action heard)
        {
            if (!_asked)
                heard();
            _asked = true;
            return null;
        }

        internal override Task ConfirmCommitsAsync(DbConnection connection, CancellationToken cancellationToken)
        {
            confirm();
            return Task.CompletedTask;
        }
    }
}
