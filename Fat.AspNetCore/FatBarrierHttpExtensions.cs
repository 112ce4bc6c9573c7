using System.Diagnostics.CodeAnalysis;
using Fat;

namespace Microsoft.AspNetCore.Http;

/// <summary>Makes the barrier of a branch from the query of its request: <c>gid</c>, <c>trans_type</c>, <c>branch_id</c> and <c>op</c>, as DTM sends them.</summary>
public static class FatBarrierHttpExtensions
{
    /// <summary>The barrier of the branch that this request calls. Make one for each request.</summary>
    /// <param name="context">The request.</param>
    /// <param name="table">The barrier table; may be qualified by a schema. It becomes part of statements as it is: never take it from a request.</param>
    /// <param name="dialect">What to know of the database's product; null for the built-in dialect of the connection's type.</param>
    /// <exception cref="BadHttpRequestException">A field is missing, is there more than once, or cannot be one of a branch: 400.</exception>
    public static FatBarrier GetFatBarrier(this HttpContext context, string table = "fat_barrier", FatDialect? dialect = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return new FatBarrier(Field(context, "trans_type"), Field(context, "gid"), Field(context, "branch_id"), Field(context, "op"), table, dialect);
        }
        catch (ArgumentException exception) when (exception.ParamName != nameof(table))
        {
            throw new BadHttpRequestException($"The query names no branch of a transaction: {exception.Message}", exception);
        }
    }

    /// <summary>The barrier of the branch that this request calls; false when the query does not name one.</summary>
    /// <param name="context">The request.</param>
    /// <param name="barrier">The barrier.</param>
    /// <param name="table">As for <see cref="GetFatBarrier"/>.</param>
    /// <param name="dialect">As for <see cref="GetFatBarrier"/>.</param>
    public static bool TryGetFatBarrier(
        this HttpContext context, [NotNullWhen(true)] out FatBarrier? barrier, string table = "fat_barrier", FatDialect? dialect = null)
    {
        ArgumentNullException.ThrowIfNull(context);
        return FatBarrier.TryParse(name => context.Request.Query[name] is [var value] ? value : null, out barrier, table, dialect);
    }

    private static string Field(HttpContext context, string name) => context.Request.Query[name] switch
    {
        [{ Length: > 0 } value] => value,
        { Count: > 1 } => throw new BadHttpRequestException($"The query names no branch of a transaction: {name} is there more than once."),
        _ => throw new BadHttpRequestException($"The query names no branch of a transaction: {name} is missing."),
    };
}
