using Accounts;
using Microsoft.EntityFrameworkCore;
using Telemetry;
using Wire;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddOtlp(builder.Configuration, "Accounts");
builder.Services.AddSingleton(TimeProvider.System);
builder.Services.AddDbContext<AccountsContext>(options => options.UseNpgsql(builder.Configuration.GetConnectionString("Accounts")));
builder.Services.AddScoped<Vault>();

builder.Services.AddFat(builder.Configuration)
    .AddDbContext<AccountsContext>()
    .AddTransactional<IAccountService, AccountService>()
    .AddTransactional<IPaymentDesk, PaymentDesk>()
    .AddSubscriber<OrderedSubscriber>()
    .AddRemoteDataAdapter<WireRemoteData>();
builder.Services.AddWireListener<PaymentDeskHandler>(builder.Configuration.GetValue<int>("Wire:Port"));

var app = builder.Build();
app.UseFat();
app.MapAccounts();
app.MapFatDashboard();

await app.Services.CreateTablesAsync();
await app.RunAsync();
