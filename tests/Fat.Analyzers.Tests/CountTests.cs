using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class CountTests
{
    [Theory]
    [InlineData("{|FAT005:ServiceCount = 1|}", "await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("{|FAT005:ServiceCount = 3|}", "await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("{|FAT005:ServiceCount = 0|}", "await bank.PayAsync();")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "")]
    [InlineData("{|FAT005:ServiceCount = 2|}", "await orders.AddAsync(1); await stock.ReserveAsync(1);")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "var sum = await stock.ReserveAsync(1) + await stock.ReserveAsync(2); await mystery.DoAsync();")]
    [InlineData("{|FAT005:LocalTransactionCount = 2|}", "await orders.AddAsync(1);")]
    [InlineData("{|FAT005:LocalTransactionCount = 0|}", "await orders.AddAsync(1);")]
    [InlineData("{|FAT005:LocalTransactionCount = 1|}", "await orders.AddAsync(1); await orders.AddAsync(2); await mystery.DoAsync();")]
    [InlineData("{|FAT005:LocalTransactionCount = 1|}", "await stock.ReserveAsync(1);")]
    [InlineData("{|FAT005:ServiceCount = 1|}, {|FAT005:LocalTransactionCount = 3|}", "await stock.ReserveAsync(1); await bank.PayAsync(); await orders.AddAsync(1);")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "if (id < 0) throw new ArgumentException(\"x\"); await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "if (id < 0) await stock.ReserveAsync(1); else await stock.ReserveAsync(2); await bank.PayAsync();")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "try { await stock.ReserveAsync(1); } finally { Console.WriteLine(); } await bank.PayAsync();")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "try { await stock.ReserveAsync(1); return; } finally { await bank.PayAsync(); }")]
    [InlineData("{|FAT005:LocalTransactionCount = 0|}", "try { return; } finally { await orders.AddAsync(1); }")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "try { try { await stock.ReserveAsync(1); return; } finally { await bank.PayAsync(); } } finally { await bank.PayAsync(); }")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "await Task.WhenAll(stock.ReserveAsync(1), bank.PayAsync());")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "await BothAsync(); async Task BothAsync() { await stock.ReserveAsync(1); await bank.PayAsync(); }")]
    [InlineData("{|FAT005:ServiceCount = 1|}", "await rest.PostAsync(); await bank.PayAsync();")]
    public Task A_count_that_no_way_meets_is_reported(string counts, string body) => Check.ReportsAsync(Endpoint(counts, body));

    [Theory]
    [InlineData("ServiceCount = 2", "await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("ServiceCount = 0, LocalTransactionCount = 1", "await orders.AddAsync(1);")]
    [InlineData("ServiceCount = 2, LocalTransactionCount = 1", "var price = await stock.ReserveAsync(1) + await stock.ReserveAsync(2); await orders.AddAsync(price);")]
    [InlineData("ServiceCount = 7", "foreach (var i in new[] { 1, 2 }) await stock.ReserveAsync(i);")]
    [InlineData("ServiceCount = 7", "await Task.WhenAll(new[] { 1, 2 }.Select(i => stock.ReserveAsync(i)));")]
    [InlineData("ServiceCount = 7", "await mystery.DoAsync();")]
    [InlineData("ServiceCount = 7", "await work();")]
    [InlineData("ServiceCount = 7", "await stock.ReserveAllAsync(new[] { 1, 2 });")]
    [InlineData("ServiceCount = 1", "if (id < 0) await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "var price = id < 0 ? await stock.ReserveAsync(1) : 0; await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "_ = id < 0 && await stock.ReserveAsync(1) > 0; await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "await stock.ReserveAsync(1); if (id < 0) return; await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "await stock.ReserveAsync(1); foreach (var i in new[] { 1 }) { if (i == id) return; } await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "switch (id) { case 1: await stock.ReserveAsync(1); break; } await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "try { await stock.ReserveAsync(1); } catch (HttpRequestException) { return; } await bank.PayAsync();")]
    [InlineData("ServiceCount = 2", "try { await stock.ReserveAsync(1); return; } finally { await bank.PayAsync(); }")]
    [InlineData("ServiceCount = 2", "try { if (id < 0) { await stock.ReserveAsync(1); return; } await stock.ReserveAsync(2); } finally { await bank.PayAsync(); }")]
    [InlineData("ServiceCount = 1", "try { await mystery.DoAsync(); } catch (HttpRequestException) { return; } finally { await bank.PayAsync(); }")]
    [InlineData("ServiceCount = 1", "try { throw new ArgumentException(\"x\"); } catch (ArgumentException) { return; } finally { await bank.PayAsync(); }")]
    [InlineData("ServiceCount = 3", "try { try { await stock.ReserveAsync(1); return; } finally { await bank.PayAsync(); } } finally { await bank.PayAsync(); }")]
    [InlineData("ServiceCount = 2", "try { if (id < 0) { await stock.ReserveAsync(1); return; } } catch (HttpRequestException) { } await bank.PayAsync();")]
    [InlineData("ServiceCount = 2", "try { if (id < 0) { await stock.ReserveAsync(1); throw new ArgumentException(\"x\"); } } catch (ArgumentException) { await bank.PayAsync(); return; } await bank.PayAsync();")]
    [InlineData("LocalTransactionCount = 2", "try { await orders.AddAsync(1); return; } finally { await orders.AddAsync(2); }")]
    [InlineData("ServiceCount = 1", "await stock.GetPriceAsync(); await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "await http.PostAsync(\"x\", null); await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "await unmarked.TellAsync(); await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "using (FatContext.Suppress()) await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "again: await stock.ReserveAsync(1); if (id < 0) goto again; await bank.PayAsync();")]
    [InlineData("ServiceCount = 1", "using var call = FatContext.BuildRemoteData(\"bank\") as IDisposable; await Task.Yield();")]
    [InlineData("LocalTransactionCount = 3", "foreach (var i in new[] { 1, 2 }) await orders.AddAsync(i);")]
    [InlineData("LocalTransactionCount = 3", "await mystery.DoAsync();")]
    [InlineData("LocalTransactionCount = 1", "if (id < 0) await orders.AddAsync(1);")]
    [InlineData("TimeoutMilliseconds = 3", "await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("ServiceCount = -1", "await stock.ReserveAsync(1); await bank.PayAsync();")]
    public Task Where_it_may_be_right_it_is_not(string counts, string body) => Check.ReportsAsync(Endpoint(counts, body));

    [Fact]
    public Task A_refused_request_makes_no_calls() => Check.ReportsAsync(Endpoint("{|FAT005:ServiceCount = 1|}", "if (id < 0) return; await stock.ReserveAsync(1); await bank.PayAsync();"));

    [Fact]
    public Task A_lambda_is_counted_as_well() => Check.ReportsAsync(Endpoint("ServiceCount = 1", "await bank.PayAsync();") +
        "static class Map { static void All(WebApplication app) => app.MapPost(\"/x\", [FatServiceRegister({|FAT005:ServiceCount = 2|})] async (Bank bank) => await bank.PayAsync()); }\n");

    [Fact]
    public Task A_scope_that_is_a_transaction_itself_is_one() => Check.ReportsAsync(
        "using Fat;\npublic class Orders { [FatServiceRegister({|FAT005:LocalTransactionCount = 0|}), FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; }\n" +
        "public class Others { [FatServiceRegister(LocalTransactionCount = 1), FatTransaction] public virtual Task AddAsync() => Task.CompletedTask; }\n");

    [Theory]
    [InlineData("{|FAT005:ServiceCount = 1|}", "ServiceCount = 2", "await stock.ReserveAsync(1); await bank.PayAsync();")]
    [InlineData("ServiceCount = 1, {|FAT005:LocalTransactionCount = 2|}", "ServiceCount = 1, LocalTransactionCount = 1", "if (id < 0) return; await bank.PayAsync(); await orders.AddAsync(1);")]
    public Task The_number_is_set(string before, string after, string body) => Check.FixesAsync(Endpoint(before, body), Endpoint(after, body));

    [Fact]
    public Task Where_the_number_is_not_known_none_is_offered() =>
        Check.OffersNothingAsync(Endpoint("{|FAT005:ServiceCount = 1|}", "await stock.ReserveAsync(1); await bank.PayAsync(); await mystery.DoAsync();"));

    private static string Endpoint(string counts, string body) => $$"""
        using Fat;
        public sealed class Endpoints(StockClient stock, Bank bank, IOrders orders, IMystery mystery, IRest rest, Unmarked unmarked, HttpClient http, Func<Task> work)
        {
            public object All => (stock, bank, orders, mystery, rest, unmarked, http, work);

            [FatServiceRegister({{counts}})]
            public async Task HandleAsync(int id)
            {
                {{body}}
            }
        }

        public interface IMystery { Task DoAsync(); }
        public interface IRest { [RestEase.Post("orders")] Task PostAsync(); }
        public interface IOrders { Task AddAsync(int price); }
        public sealed class Orders(Book book) : IOrders
        {
            [FatTransaction]
            public Task AddAsync(int price) => book.SaveChangesAsync();
        }
        public sealed class Book : Microsoft.EntityFrameworkCore.DbContext;
        public sealed class StockClient(HttpClient http)
        {
            public Task<int> ReserveAsync(int item) => PostAsync("reservations", item);
            public async Task ReserveAllAsync(int[] items) { foreach (var item in items) await PostAsync("reservations", item); }
            public Task<int> GetPriceAsync() => http.GetFromJsonAsync<int>("price");
            private async Task<int> PostAsync(string path, int item)
            {
                using var response = await http.PostAsJsonAsync(path, item);
                response.EnsureSuccessStatusCode();
                return await response.Content.ReadFromJsonAsync<int>();
            }
        }
        public sealed class Bank(HttpClient http) { public Task PayAsync() => http.PostAsync("payments", null); }
        public sealed class Unmarked(HttpClient http) { public Task TellAsync() => http.PostAsync("news", null); }
        public static class Setup
        {
            public static void Register(IServiceCollection services)
            {
                services.AddHttpClient<StockClient>().AddFatPropagation();
                services.AddHttpClient<Bank>().AddFatPropagation();
                RestEase(services.AddHttpClient<IRest>().AddFatPropagation());
            }

            private static void RestEase(IHttpClientBuilder client) => Console.WriteLine(client);
        }

        """;
}
