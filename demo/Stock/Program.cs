using Microsoft.EntityFrameworkCore;
using Stock;
using Telemetry;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddOtlp(builder.Configuration, "Stock");
builder.Services.AddDbContext<StockContext>(options => options.UseNpgsql(builder.Configuration.GetConnectionString("Stock")));
builder.Services.AddScoped<Shelves>();

builder.Services.AddFat(builder.Configuration)
    .AddDbContext<StockContext>()
    .AddTransactional<IStockService, StockService>()
    .AddSubscriber<OrderedSubscriber>();
builder.Services.AddHttpClient<AccountsClient>(client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:Accounts"))
    .AddFatPropagation();

var app = builder.Build();
app.UseFat();
app.MapStock();
app.MapFatDashboard();

await app.Services.CreateTablesAsync();
await app.RunAsync();
