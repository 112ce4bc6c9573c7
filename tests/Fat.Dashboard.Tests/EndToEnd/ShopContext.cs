using Microsoft.EntityFrameworkCore;

namespace Fat.Dashboard.Tests.EndToEnd;

/// <summary>The database of a service of the shop.</summary>
internal sealed class ShopContext(DbContextOptions<ShopContext> options) : DbContext(options)
{
    public DbSet<Line> Lines => Set<Line>();
}

/// <summary>What was ordered or reserved.</summary>
internal sealed class Line
{
    public int Id { get; set; }

    public required string Item { get; init; }
}

/// <summary>What is asked for.</summary>
internal sealed record Wanted(string Item);
