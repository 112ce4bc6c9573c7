using Microsoft.EntityFrameworkCore;
using Orders;
using Orders.Demonstration;
using Telemetry;
using Wire;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddOtlp(builder.Configuration, "Orders");
builder.Services.AddDbContext<OrdersContext>(options => options.UseNpgsql(builder.Configuration.GetConnectionString("Orders")));

builder.Services.AddFat(builder.Configuration)
    .AddDbContext<OrdersContext>()
    .AddTransactional<IOrderService, OrderService>();
builder.Services.AddHttpClient<StockClient>(client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:Stock"))
    .AddFatPropagation();
builder.Services.AddHttpClient<AccountsClient>(client => client.BaseAddress = builder.Configuration.GetValue<Uri>("Services:Accounts"))
    .AddFatPropagation();
builder.Services.AddSingleton(new WireClient("Accounts", builder.Configuration.GetValue<int>("Wire:Port")));
builder.Services.AddSingleton<PauseGates>();
builder.Services.AddControllers();

var app = builder.Build();
app.UseFat();
app.MapControllers();
app.MapFatDashboard();

await app.Services.CreateTablesAsync();
await app.RunAsync();
