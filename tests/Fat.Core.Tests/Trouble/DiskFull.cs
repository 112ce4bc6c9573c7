using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Trouble;

/// <summary>What a full disk looks like from outside: a statement that fails with 53100.</summary>
internal static class DiskFull
{
    public static Task AtAsync(Service service, string trigger) => service.QueryAsync<object>(
        $"""
        CREATE OR REPLACE FUNCTION disk_full() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION USING ERRCODE = '53100', MESSAGE = 'could not extend file "base/5/16384": No space left on device', HINT = 'Check free disk space.'; END $$;
        {trigger}
        """);

    public static Task OverAsync(Service service, string table) => service.QueryAsync<object>($"DROP TRIGGER disk_is_full ON {table}");
}
