namespace Fat;

/// <summary>
/// Makes two-phase messages: a local transaction and its message are one, and the message's branches (calls of other services, deliveries to subscribers) run until
/// they succeed. For work that need not roll back what the others do; where it must, use <see cref="FatTransactionAttribute"/>. A singleton; thread-safe.
/// </summary>
/// <remarks>The pattern is DTM's (https://en.dtm.pub/practice/msg.html); here it needs no server besides the application's database and Redis.</remarks>
public interface IFatMessages
{
    /// <summary>Begins a message.</summary>
    /// <param name="gid">
    /// Its id: 1 to 128 of <c>A-Za-z0-9._:~-</c>, not beginning with <c>m~</c>, as those do that Fat makes, and unique among all services that publish to the same topics or call the same receivers. With one of the application's own, a repeated request does its local work once: when that of an earlier message of the same id has
    /// committed, a second one is refused (<see cref="FatMessageRefusal.Duplicate"/>), for as long as the longer of <see cref="FatMessageOptions.RowsKept"/> and <see cref="FatMessageOptions.BarriersKept"/> says; when it was rolled back, the second one does it.
    /// Default: a new one.
    /// </param>
    /// <exception cref="ArgumentException">It is not a valid id, or begins with <c>m~</c>.</exception>
    FatMessage New(string? gid = null);
}
