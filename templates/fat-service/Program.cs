using Fat;
using SampleService.Entries;
using Microsoft.EntityFrameworkCore;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddDbContext<EntriesContext>(options => options.UseNpgsql(builder.Configuration.GetConnectionString("Database")));
builder.Services.AddFat(builder.Configuration)
    .AddDbContext<EntriesContext>()
    .AddTransactional<IEntryService, EntryService>();

// Add AddFatPropagation() to clients of your own services only: the group's context goes wherever they call.
builder.Services.AddHttpClient<NextService>(client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:Next"))
    .AddFatPropagation();

builder.Services.AddHealthChecks().AddFat(tags: ["ready"]);

// Put your own way to sign in here. Until then nobody is an operator.
builder.Services.AddAuthentication("cookies").AddCookie("cookies");
builder.Services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireRole("operator"));

var app = builder.Build();
app.UseFat();
app.MapEntries();

// Whether the process is alive, and whether it can do its part.
app.MapHealthChecks("/alive", new() { Predicate = _ => false });
app.MapHealthChecks("/ready", new() { Predicate = check => check.Tags.Contains("ready") });

// While you develop, the dashboard answers requests of this machine; elsewhere, operators.
app.MapFatDashboard("/fat", dashboard =>
{
    if (!app.Environment.IsDevelopment())
        dashboard.RequireAuthorization("operators");
});

// Before Fat starts: EnsureCreated does nothing in a database that has a table already, and Fat makes some. Migrations need no such care.
await using (var scope = app.Services.CreateAsyncScope())
    await scope.ServiceProvider.GetRequiredService<EntriesContext>().Database.EnsureCreatedAsync();
await app.RunAsync();
