namespace Fat.Testing.Data;

/// <summary>Hears what happens to transactions, under the server's lock. Must return at once.</summary>
internal interface IServerWatch
{
    void Prepared(MemoryServer server, Work work);

    /// <summary>It is over. What was committed with it may be decisions (<see cref="Work.Decisions"/>).</summary>
    /// <param name="server">Where.</param>
    /// <param name="work">The transaction.</param>
    /// <param name="committed">Whether it committed; else it rolled back.</param>
    /// <param name="failure">What of it could not be taken back, or null.</param>
    void Ended(MemoryServer server, Work work, bool committed, MemoryDbException? failure);
}
