using Fat.Bench.Service.TwoPhase;
using Microsoft.EntityFrameworkCore;

namespace Fat.Bench.Service;

/// <summary>The database of each service.</summary>
public sealed class LedgerContext(DbContextOptions<LedgerContext> options) : DbContext(options)
{
    public const int Accounts = 10_000;

    public DbSet<Entry> Entries => Set<Entry>();

    public DbSet<Account> Balances => Set<Account>();

    /// <summary>Only two-phase commit by hand uses it; Fat has its own table.</summary>
    public DbSet<GroupDecision> Decisions => Set<GroupDecision>();

    protected override void OnModelCreating(ModelBuilder modelBuilder)
    {
        modelBuilder.Entity<Account>().Property(account => account.Id).ValueGeneratedNever();
        modelBuilder.Entity<GroupDecision>().HasKey(decision => decision.Group);
    }
}
