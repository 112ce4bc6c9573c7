using System.Data.Common;

namespace Fat.Dialects;

/// <summary>Any other provider: its transactions are held open until the decision, and it holds no decisions.</summary>
internal sealed class HeldOnlyDialect(Type connectionType) : FatDialect
{
    public override string Product => connectionType.Name;

    public override Task<string?> PrepareProblemAsync(DbConnection connection, CancellationToken cancellationToken) =>
        Task.FromResult<string?>($"Fat has no dialect for {connectionType.FullName} (IFatBuilder.AddDialect, FatDatabaseOptions.Dialect).");
}
