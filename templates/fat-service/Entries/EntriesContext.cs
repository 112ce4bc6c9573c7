using Microsoft.EntityFrameworkCore;

namespace SampleService.Entries;

public sealed class EntriesContext(DbContextOptions<EntriesContext> options) : DbContext(options)
{
    public DbSet<Entry> Entries => Set<Entry>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.Entity<Entry>().ToTable("entries").HasKey(entry => entry.Name);
}
