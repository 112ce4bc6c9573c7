using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Fat.Bench.NoDatabase;

/// <summary>A database that does nothing and takes no time, so that what is left is Fat's.</summary>
internal sealed class NoConnection : DbConnection
{
    private ConnectionState _state = ConnectionState.Closed;

    [AllowNull]
    public override string ConnectionString { get; set; } = "";

    public override string Database => "none";

    public override string DataSource => "none";

    public override string ServerVersion => "0";

    public override ConnectionState State => _state;

    public override void Open() => _state = ConnectionState.Open;

    public override Task OpenAsync(CancellationToken cancellationToken)
    {
        _state = ConnectionState.Open;
        return Task.CompletedTask;
    }

    public override void Close() => _state = ConnectionState.Closed;

    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException();

    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => new NoTransaction(this, isolationLevel);

    protected override DbCommand CreateDbCommand() => throw new NotSupportedException("There is no database.");
}
