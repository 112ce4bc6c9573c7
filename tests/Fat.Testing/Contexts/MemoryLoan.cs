using System.Runtime.CompilerServices;
using Fat.Resources;
using Fat.Testing.Data;
using Microsoft.EntityFrameworkCore;

namespace Fat.Testing.Contexts;

/// <summary>A connection to a database in memory, which a context cannot work on: it tells whose branch the context's saves belong to.</summary>
internal sealed class MemoryLoan : IContextLoan
{
    private static readonly ConditionalWeakTable<DbContext, MemoryLoan> Lent = [];

    private readonly DbContext _context;
    private int _over;

    private MemoryLoan(DbContext context, MemoryConnection connection)
    {
        _context = context;
        Connection = connection;
    }

    public MemoryConnection Connection { get; }

    // In memory a context has no transaction that a method could end.
    public bool Holds => true;

    /// <summary>What is lent to a context now.</summary>
    public static MemoryLoan? Of(DbContext context) => Lent.TryGetValue(context, out var loan) ? loan : null;

    /// <exception cref="InvalidOperationException">Another method has it.</exception>
    public static MemoryLoan Grant(DbContext context, MemoryConnection connection)
    {
        var loan = new MemoryLoan(context, connection);
        return Lent.TryAdd(context, loan) ? loan : throw DbContextLoan.InUse(context);
    }

    public void TakeBack()
    {
        if (Interlocked.Exchange(ref _over, 1) == 0)
            Lent.Remove(_context);
    }
}
