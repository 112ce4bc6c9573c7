namespace Fat.Testing.Data;

/// <summary>Hears what happens to transactions, under the server's lock. Must return at once.</summary>
internal interface IServerWatch
{
    void Prepared(MemoryServer server, Work work);

    /// <summary>It is over. What was committed with it may be decisions (<see cref="Work.Decisions"/>).</summary>
    void Ended(MemoryServer server, Work work, bool committed);
}
