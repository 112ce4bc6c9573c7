using Fat.TestServers;
using Npgsql;

namespace Fat.Torture.Stage;

/// <summary>The database of one service, seen directly.</summary>
internal sealed class TransferDatabase(string service, PostgresServer server) : IAsyncDisposable
{
    public const int Accounts = 300;
    public const long InitialBalance = 1_000;

    private readonly NpgsqlDataSource _source = NpgsqlDataSource.Create(
        new NpgsqlConnectionStringBuilder(server.ConnectionString(service)) { MaxPoolSize = 4, Timeout = 5 }.ConnectionString);

    public string Service => service;

    public PostgresServer Server => server;

    public string ConnectionString => server.ConnectionString(service);

    public async Task CreateAsync(CancellationToken cancellationToken)
    {
        await server.CreateDatabaseAsync(service, cancellationToken);
        await ExecuteAsync(
            $"""
            CREATE TABLE accounts (id int PRIMARY KEY, balance bigint NOT NULL) WITH (fillfactor = 50);
            INSERT INTO accounts SELECT i, {InitialBalance} FROM generate_series(1, {Accounts}) AS i;
            CREATE TABLE ledger (gid text NOT NULL, op uuid NOT NULL, leg int NOT NULL, account int NOT NULL, amount bigint NOT NULL);
            CREATE TABLE produced (op uuid NOT NULL, leg int NOT NULL, called text NOT NULL, poison boolean NOT NULL, gid text NOT NULL);
            CREATE TABLE effects (op uuid NOT NULL, leg int NOT NULL, who text NOT NULL, gid text NOT NULL);
            """,
            cancellationToken);
    }

    /// <summary>Every decision that is ever made here is also written down where nothing deletes it. After Fat has made its table.</summary>
    public Task WitnessDecisionsAsync(CancellationToken cancellationToken) => ExecuteAsync(
        $$"""
        CREATE TABLE IF NOT EXISTS witness (gid text NOT NULL, op text NOT NULL, reason text NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
        CREATE OR REPLACE FUNCTION witness() RETURNS trigger LANGUAGE plpgsql AS $body$
        BEGIN
          IF COALESCE(NEW.op, OLD.op) <> 'decision' THEN RETURN NULL; END IF;
          INSERT INTO witness (gid, op, reason) VALUES (COALESCE(NEW.gid, OLD.gid), TG_OP, COALESCE(NEW.reason, OLD.reason));
          RETURN NULL;
        END $body$;
        CREATE OR REPLACE TRIGGER witness AFTER INSERT OR UPDATE OR DELETE ON {{new FatDatabaseOptions().BarrierTable}} FOR EACH ROW EXECUTE FUNCTION witness();
        """,
        cancellationToken);

    public async Task<long> TotalAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT sum(balance)::bigint FROM accounts");
        return (long)(await command.ExecuteScalarAsync(cancellationToken))!;
    }

    public async Task<IReadOnlyList<LedgerRow>> LedgerAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT gid, op, leg, account, amount FROM ledger");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<LedgerRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new LedgerRow(service, reader.GetString(0), reader.GetGuid(1), reader.GetInt32(2), reader.GetInt32(3), reader.GetInt64(4)));
        return rows;
    }

    /// <summary>
    /// Groups that were decided both ways, or whose decision was overwritten. Once the row of a commit that all have obeyed is deleted in its time (rule S7), a question that an
    /// older Redis brings back finds none, and is answered in vain: the books tell whether anybody obeyed it.
    /// </summary>
    public Task<IReadOnlyList<string>> ChangedDecisionsAsync(CancellationToken cancellationToken) => TextsAsync(
        """
        WITH events AS (
          SELECT *, lag(op) OVER later AS last_op, lag(reason) OVER later AS last_reason, lag(at) OVER later AS last_at, min(at) OVER (PARTITION BY gid) AS first_at
          FROM witness WINDOW later AS (PARTITION BY gid ORDER BY at)
        )
        SELECT gid || ': ' || string_agg(op || ' ' || reason || ' at ' || at::time, ', ' ORDER BY at) FROM events
        GROUP BY gid HAVING bool_or(op = 'UPDATE' OR (reason <> last_reason AND NOT (
          last_op = 'DELETE' AND last_reason = 'committed' AND last_at - first_at >= interval '30 s' AND op = 'INSERT' AND reason = 'rolledback')))
        """,
        cancellationToken);

    /// <summary>What is in doubt in this database.</summary>
    public Task<IReadOnlyList<string>> PreparedAsync(CancellationToken cancellationToken) => TextsAsync(
        "SELECT gid || ', prepared ' || extract(epoch FROM clock_timestamp() - prepared)::int || ' s ago' FROM pg_prepared_xacts WHERE database = current_database()",
        cancellationToken);

    /// <summary>Transactions that somebody has begun and does not end.</summary>
    public Task<IReadOnlyList<string>> OpenTransactionsAsync(CancellationToken cancellationToken) => TextsAsync(
        """
        SELECT state || ' since ' || extract(epoch FROM clock_timestamp() - state_change)::int || ' s: ' || left(query, 120)
        FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start < clock_timestamp() - interval '3 s'
        """,
        cancellationToken);

    /// <summary>Held branches of which it is not known that they are there.</summary>
    public Task<IReadOnlyList<string>> UnreplayedAsync(CancellationToken cancellationToken) => TextsAsync(
        "SELECT gid || ', ' || branch_id || ' is ' || state || ' after ' || attempts || ' attempts: ' || COALESCE(reason, '') FROM fat_journal WHERE state <> 'replayed'",
        cancellationToken);

    /// <summary>The changes of incidents that are not told yet.</summary>
    public Task<IReadOnlyList<string>> UntoldAsync(CancellationToken cancellationToken) => TextsAsync(
        "SELECT gid || ', ' || branch_id || ', ' || kind || ', tried ' || tries || ' times' FROM fat_journal_events WHERE told_time IS NULL", cancellationToken);

    /// <summary>All changes of incidents.</summary>
    public async Task<IReadOnlyList<ToldIncident>> IncidentsAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT event_id, gid, branch_id, kind, number FROM fat_journal_events");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var told = new List<ToldIncident>();
        while (await reader.ReadAsync(cancellationToken))
            told.Add(new ToldIncident(reader.GetString(0), reader.GetString(1), reader.GetString(2), reader.GetString(3), reader.GetInt32(4)));
        return told;
    }

    /// <summary>The messages whose local transaction has committed.</summary>
    public async Task<IReadOnlyList<ProducedRow>> ProducedAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT op, leg, called, poison, gid FROM produced");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<ProducedRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new ProducedRow(service, reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), reader.GetBoolean(3), reader.GetString(4)));
        return rows;
    }

    /// <summary>What messages have brought about here.</summary>
    public async Task<IReadOnlyList<EffectRow>> EffectsAsync(CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand("SELECT op, leg, who, gid FROM effects");
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var rows = new List<EffectRow>();
        while (await reader.ReadAsync(cancellationToken))
            rows.Add(new EffectRow(service, reader.GetGuid(0), reader.GetInt32(1), reader.GetString(2), reader.GetString(3)));
        return rows;
    }

    public ValueTask DisposeAsync() => _source.DisposeAsync();

    private async Task ExecuteAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(sql);
        await command.ExecuteNonQueryAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<string>> TextsAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = _source.CreateCommand(sql);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var texts = new List<string>();
        while (await reader.ReadAsync(cancellationToken))
            texts.Add(reader.GetString(0));
        return texts;
    }
}

/// <summary>A committed leg of an operation.</summary>
internal sealed record LedgerRow(string Service, string Gid, Guid Op, int Leg, int Account, long Amount);

/// <summary>A message whose local transaction has committed.</summary>
internal sealed record ProducedRow(string Service, Guid Op, int Leg, string Called, bool Poison, string Gid);

/// <summary>One effect of a message.</summary>
internal sealed record EffectRow(string Service, Guid Op, int Leg, string Who, string Gid);
