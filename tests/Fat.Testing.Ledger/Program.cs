using Fat;
using Fat.Testing.Ledger;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContext<LedgerContext>(options => options.UseNpgsql(builder.Configuration.GetConnectionString("Ledger")));
builder.Services.AddFat(builder.Configuration).AddDbContext<LedgerContext>().AddTransactional<ILedger, LedgerService>();
builder.Services.AddHttpClient<NextLedger>(http => http.BaseAddress = builder.Configuration.GetValue<Uri>("Next")).AddFatPropagation();

var app = builder.Build();
app.UseFat();
app.MapPost("/entries/{text}", [FatServiceRegister] async (string text, ILedger ledger, NextLedger next, CancellationToken cancellationToken) =>
{
    await ledger.WriteAsync(text, cancellationToken);
    await next.WriteAsync(text, cancellationToken);
});
app.MapGet("/entries", (LedgerContext context, CancellationToken cancellationToken) => context.Entries.Select(entry => entry.Text).ToListAsync(cancellationToken));

await using (var scope = app.Services.CreateAsyncScope())
    await scope.ServiceProvider.GetRequiredService<LedgerContext>().Database.EnsureCreatedAsync();
await app.RunAsync();
