using Fat.Testing.Data;

namespace Fat.Testing;

/// <summary>
/// A database of a service, in memory. It belongs to the cluster, not to the service's process: what is committed or prepared in it survives a kill, an open
/// transaction does not. A transaction sees what others have committed (read committed) and waits for rows that others have written. Fakes of repositories
/// keep their rows in its tables; inside a <c>[FatTransaction]</c> method on it they take part in the branch. Thread-safe.
/// </summary>
public sealed class FatTestDatabase
{
    internal FatTestDatabase(string service, string name, TimeProvider time, IServerWatch watch)
    {
        Service = service;
        Name = name;
        Server = new MemoryServer(name, time, watch);
        Barrier = new MemoryBarrier(Server);
    }

    /// <summary>The service that it belongs to.</summary>
    public string Service { get; }

    /// <summary>Its name, as <c>[FatTransaction(Database = …)]</c> and the builder name it.</summary>
    public string Name { get; }

    /// <summary>The names of the transactions that are prepared and wait for a decision, oldest first: empty when nothing is in doubt.</summary>
    public IReadOnlyList<string> InDoubt => Server.InDoubt;

    internal MemoryServer Server { get; }

    internal MemoryBarrier Barrier { get; }

    /// <summary>A table; the same rows for each call with one name.</summary>
    /// <typeparam name="TKey">The key's type.</typeparam>
    /// <typeparam name="TValue">The rows' type. Rows are kept as they are given, so use values that are not changed: records, numbers, texts.</typeparam>
    /// <param name="name">The table's name.</param>
    public FatTestTable<TKey, TValue> Table<TKey, TValue>(string name)
        where TKey : notnull
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        return new FatTestTable<TKey, TValue>(this, name);
    }

    /// <summary>The server goes away: connections break, open transactions roll back, nobody can connect. What is committed or prepared stays.</summary>
    public void GoAway() => Server.GoAway();

    /// <summary>The server is back.</summary>
    public void ComeBack() => Server.ComeBack();
}
