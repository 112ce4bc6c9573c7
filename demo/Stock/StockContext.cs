using Microsoft.EntityFrameworkCore;

namespace Stock;

public sealed class StockContext(DbContextOptions<StockContext> options) : DbContext(options)
{
    public DbSet<Item> Items => Set<Item>();

    public DbSet<Reservation> Reservations => Set<Reservation>();

    protected override void OnModelCreating(ModelBuilder modelBuilder) =>
        modelBuilder.Entity<Item>().HasKey(item => item.Name);
}
