using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Fat.Core.Tests.Simulation;

internal sealed class SimCommand : DbCommand
{
    private readonly SimParameters _parameters = new();

    [AllowNull]
    public override string CommandText { get; set; } = string.Empty;

    public override int CommandTimeout { get; set; }

    public override CommandType CommandType { get; set; }

    public override bool DesignTimeVisible { get; set; }

    public override UpdateRowSource UpdatedRowSource { get; set; }

    protected override DbConnection? DbConnection { get; set; }

    protected override DbParameterCollection DbParameterCollection => _parameters;

    protected override DbTransaction? DbTransaction { get; set; }

    public override void Cancel() => throw new NotSupportedException();

    public override void Prepare() => throw new NotSupportedException();

    public override int ExecuteNonQuery() => throw new NotSupportedException();

    public override object? ExecuteScalar() => throw new NotSupportedException();

    public override async Task<int> ExecuteNonQueryAsync(CancellationToken cancellationToken) => (await RunAsync(cancellationToken).ConfigureAwait(false)).Rows.Count;

    public override async Task<object?> ExecuteScalarAsync(CancellationToken cancellationToken)
    {
        var result = await RunAsync(cancellationToken).ConfigureAwait(false);
        return result.Rows.Count == 0 ? null : result.Rows[0][0];
    }

    protected override DbParameter CreateDbParameter() => new SimParameter();

    protected override DbDataReader ExecuteDbDataReader(CommandBehavior behavior) => throw new NotSupportedException();

    protected override async Task<DbDataReader> ExecuteDbDataReaderAsync(CommandBehavior behavior, CancellationToken cancellationToken) =>
        new SimReader(await RunAsync(cancellationToken).ConfigureAwait(false));

    private Task<SimResult> RunAsync(CancellationToken cancellationToken) =>
        ((SimConnection)DbConnection!).ExecuteAsync(CommandText, _parameters.Values, cancellationToken);
}

internal sealed class SimParameter : DbParameter
{
    public override DbType DbType { get; set; }

    public override ParameterDirection Direction { get; set; }

    public override bool IsNullable { get; set; }

    [AllowNull]
    public override string ParameterName { get; set; } = string.Empty;

    public override int Size { get; set; }

    [AllowNull]
    public override string SourceColumn { get; set; } = string.Empty;

    public override bool SourceColumnNullMapping { get; set; }

    public override object? Value { get; set; }

    public override void ResetDbType() => throw new NotSupportedException();
}
