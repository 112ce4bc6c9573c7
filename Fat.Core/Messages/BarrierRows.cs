using System.Globalization;

namespace Fat.Messages;

/// <summary>DTM's rules for the rows of one branch (https://en.dtm.pub/practice/barrier.html).</summary>
internal sealed class BarrierRows(string transType, string gid, string branchId, string op)
{
    /// <summary>What the branch takes back, if it does: where that has not come yet, its row keeps it from taking effect later.</summary>
    private readonly string? _origin = op switch
    {
        "cancel" => "try",
        "compensate" or "rollback" => "action",
        _ => null,
    };

    private int _calls;

    /// <summary>Inserts the rows of the next call. True when its work is to be done; false when it was done, has nothing to take back, or comes too late.</summary>
    public async Task<bool> EnterAsync(BarrierTransaction transaction, FatMessageSql sql, CancellationToken cancellationToken)
    {
        var number = (++_calls).ToString("00", CultureInfo.InvariantCulture);
        var isEmpty = _origin is not null && await InsertAsync(_origin).ConfigureAwait(false);
        return await InsertAsync(op).ConfigureAwait(false) && !isEmpty;

        async Task<bool> InsertAsync(string row) =>
            await transaction.ExecuteAsync(sql.Enter, [transType, gid, branchId, row, number, op], cancellationToken).ConfigureAwait(false) > 0;
    }
}
