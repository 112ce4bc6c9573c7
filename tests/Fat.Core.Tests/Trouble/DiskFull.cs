using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Trouble;

/// <summary>What a full disk looks like from outside: a statement that fails with 53100. There is room again when this is disposed.</summary>
internal sealed class DiskFull : IAsyncDisposable
{
    private readonly Service _service;
    private readonly string _table;

    private DiskFull(Service service, string table)
    {
        _service = service;
        _table = table;
    }

    /// <param name="service">Whose database.</param>
    /// <param name="table">What cannot be written.</param>
    /// <param name="atTheEnd">Whether the transaction's end finds out, not the statement.</param>
    public static async Task<DiskFull> AtAsync(Service service, string table, bool atTheEnd = false)
    {
        var trigger = atTheEnd
            ? $"CREATE CONSTRAINT TRIGGER disk_is_full AFTER INSERT ON {table} DEFERRABLE INITIALLY DEFERRED"
            : $"CREATE TRIGGER disk_is_full BEFORE INSERT ON {table}";
        await service.QueryAsync<object>(
            $"""
            CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file "base/5/16384": No space left on device', HINT = 'Check free disk space.';
            END $$;
            {trigger} FOR EACH ROW EXECUTE FUNCTION disk_full()
            """);
        return new DiskFull(service, table);
    }

    public async ValueTask DisposeAsync() => await _service.QueryAsync<object>($"DROP TRIGGER disk_is_full ON {_table}");
}
