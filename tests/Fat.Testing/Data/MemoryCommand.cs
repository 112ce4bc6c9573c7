using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Fat.Testing.Data;

/// <summary>A statement of Fat to a database in memory.</summary>
internal sealed class MemoryCommand(MemoryConnection connection) : DbCommand
{
    private readonly MemoryParameters _parameters = new();

    [AllowNull]
    public override string CommandText { get; set; } = string.Empty;

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; } = CommandType.Text;

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; } = connection;

    protected override DbParameterCollection DbParameterCollection => _parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => throw MemoryConnection.OnlyFat(CommandText);

    public override void Prepare() => throw MemoryConnection.OnlyFat(CommandText);

    public override int ExecuteNonQuery() => throw MemoryConnection.OnlyFat(CommandText);

    public override object? ExecuteScalar() => throw MemoryConnection.OnlyFat(CommandText);

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken)
    {
        using var result = await RunAsync(cancellationToken).ConfigureAwait(false);
        return MemoryResult.AffectedBy(result);
    }

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        using var result = await RunAsync(cancellationToken).ConfigureAwait(false);
        return result.Rows.Count == 0 ? null : result.Rows[0][0];
    }

    protected override DbParameter CreateDbParameter() => new MemoryParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw MemoryConnection.OnlyFat(CommandText);

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        (await RunAsync(cancellationToken).ConfigureAwait(false)).CreateDataReader();

    private Task<DataTable> RunAsync(CancellationToken cancellationToken) => connection.RunAsync(CommandText, _parameters.Values, cancellationToken);
}
