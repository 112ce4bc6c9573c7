using Microsoft.EntityFrameworkCore;

namespace Fat.Testing.Ledger;

/// <summary>An application as a user of the package has one: it knows nothing of tests.</summary>
public interface ILedger
{
    Task WriteAsync(string text, CancellationToken cancellationToken);
}

public sealed class LedgerService(LedgerContext context) : ILedger
{
    [FatTransaction]
    public async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        context.Add(new Entry { Text = text });
        await context.SaveChangesAsync(cancellationToken);
    }
}

public sealed class Entry
{
    public int Id { get; init; }

    public required string Text { get; init; }
}

public sealed class LedgerContext(DbContextOptions<LedgerContext> options) : DbContext(options)
{
    public DbSet<Entry> Entries => Set<Entry>();
}

/// <summary>The next application of a chain, if there is one.</summary>
public sealed class NextLedger(HttpClient http)
{
    public async Task WriteAsync(string text, CancellationToken cancellationToken)
    {
        if (http.BaseAddress is null)
            return;
        using var response = await http.PostAsync($"/entries/{text}", null, cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
