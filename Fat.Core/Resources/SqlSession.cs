using System.Data.Common;
using System.Globalization;

namespace Fat.Resources;

/// <summary>Statements on one open connection; parameters are <c>p1</c>, <c>p2</c>, ….</summary>
internal sealed class SqlSession(DbConnection connection, DbTransaction? transaction, CancellationToken cancellationToken)
{
    public DbConnection Connection => connection;

    /// <summary>Returns how many rows were changed.</summary>
    public async Task<int> ExecuteAsync(string sql, params IReadOnlyList<object?> parameters)
    {
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
            return await command.ExecuteNonQueryAsync(cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Rows of which nothing can be made are left out.</summary>
    public async Task<IReadOnlyList<T>> ReadAsync<T>(string sql, Func<DbDataReader, T?> row, params IReadOnlyList<object?> parameters)
    {
        var command = Command(sql, parameters);
        await using (command.ConfigureAwait(false))
        {
            var reader = await command.ExecuteReaderAsync(cancellationToken).ConfigureAwait(false);
            await using (reader.ConfigureAwait(false))
            {
                var rows = new List<T>();
                while (await reader.ReadAsync(cancellationToken).ConfigureAwait(false))
                {
                    if (row(reader) is { } read)
                        rows.Add(read);
                }

                return rows;
            }
        }
    }

    /// <summary>The one value of a query, which is true or 1.</summary>
    public async Task<bool> IsTrueAsync(string question) =>
        (await ReadAsync(question, static row => row.GetValue(0)).ConfigureAwait(false)) is [var answer] && Convert.ToBoolean(answer, CultureInfo.InvariantCulture);

    /// <summary>The one value of a query, a text or null; null without a query.</summary>
    public async Task<string?> WhyAsync(string? question) =>
        question is not null && (await ReadAsync(question, static row => row.IsDBNull(0) ? null : row.GetString(0)).ConfigureAwait(false)) is [var answer] ? answer : null;

    private DbCommand Command(string sql, IReadOnlyList<object?> parameters)
    {
        var command = connection.CreateCommand();
        command.Transaction = transaction;
        command.CommandText = sql;
        command.AddParameters(parameters);
        return command;
    }
}
