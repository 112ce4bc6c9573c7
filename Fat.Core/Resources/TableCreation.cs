using System.Data.Common;

namespace Fat.Resources;

/// <summary>Creates tables where they are missing. Safe beside other instances that do the same.</summary>
internal static class TableCreation
{
    /// <param name="session">Outside a transaction.</param>
    /// <param name="dialect">Tells what the server has refused.</param>
    /// <param name="create">Creates them.</param>
    /// <param name="look">Reads from them, and so fails where they are missing.</param>
    /// <param name="parameters">What that one needs.</param>
    /// <exception cref="DbException">They are missing and could not be created, or the database is away.</exception>
    public static async Task RunAsync(SqlSession session, FatDialect dialect, string create, string look, params IReadOnlyList<object?> parameters)
    {
        try
        {
            await CreateAsync(session, dialect, create).ConfigureAwait(false);
        }
        catch (DbException refused) when (dialect.IsRefusal(refused))
        {
            // A user who may not create tables is refused also where they are there: nothing is missing then.
            if (!await AreThereAsync(session, dialect, look, parameters).ConfigureAwait(false))
                throw;
        }
    }

    private static async Task CreateAsync(SqlSession session, FatDialect dialect, string create)
    {
        try
        {
            await session.ExecuteAsync(create).ConfigureAwait(false);
        }
        catch (DbException exception) when (dialect.IsRefusal(exception))
        {
            // Two instances created them at the same moment; PostgreSQL lets one of them fail on its catalogue, by one key of it or another.
            await session.ExecuteAsync(create).ConfigureAwait(false);
        }
    }

    private static async Task<bool> AreThereAsync(SqlSession session, FatDialect dialect, string look, IReadOnlyList<object?> parameters)
    {
        try
        {
            await session.ExecuteAsync(look, parameters).ConfigureAwait(false);
            return true;
        }
        catch (DbException exception) when (dialect.IsRefusal(exception))
        {
            // The caller fails with why they could not be created.
            return false;
        }
    }
}
