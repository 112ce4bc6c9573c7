using System.Data.Common;

namespace Fat.Resources;

/// <summary>Any other provider: its transactions are held open until the decision, and it holds no decisions.</summary>
internal sealed class HeldOnlyDialect(Type connectionType) : SqlDialect
{
    public override string Product => connectionType.Name;

    public override bool HasBarrier => false;

    public override string? HasWritten => null;

    public override string? FailsIfFailed => null;

    public override Task<string?> PrepareProblemAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<string?>($"Fat knows no prepared transactions for {connectionType.FullName}.");

    public override string? Begin(TimeSpan? lockTimeout, bool readOnly) => null;

    public override string Prepare(string name) => throw Unsupported();

    public override string Finish(string name, bool commit) => throw Unsupported();

    public override string ListInDoubt => throw Unsupported();

    public override bool IsUnknownPrepared(DbException exception) => false;

    public override bool IsRefusal(DbException exception) => false;

    public override bool IsDuplicateKey(DbException exception) => false;

    public override bool IsLockTimeout(DbException exception) => false;

    public override string? Advice(DbException exception) => null;

    public override DbConnection? Reserved(DbConnection connection) => null;

    public override bool MakeIndependent(DbBatch batch) => false;

    private NotSupportedException Unsupported() => new($"Fat knows no prepared transactions for {connectionType.FullName}.");
}
