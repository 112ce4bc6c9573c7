using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class RemoteCallTests
{
    private const string Clients = """
        public sealed class StockClient(HttpClient http)
        {
            public Uri? Address => http.BaseAddress;
            public Task ReserveAsync() => http.PostAsync("reservations", null);
            public string Describe() => "stock";
        }
        public interface IPayments { Task PayAsync(); }
        public sealed class Payments(HttpClient http) : IPayments { public Task PayAsync() => http.PostAsync("payments", null); }
        public interface IPrices { Task<int> PriceAsync(); }
        public sealed class RemotePrices(HttpClient http) : IPrices { public Task<int> PriceAsync() => http.GetFromJsonAsync<int>("prices"); }
        public sealed class LocalPrices : IPrices { public Task<int> PriceAsync() => Task.FromResult(1); }
        public interface IRest { [RestEase.Post("orders")] Task PostAsync(); }
        public interface IRefit { [Refit.Post("/orders")] Task PostAsync(); }
        public static class Own { public static Task<int> AskAsync(this HttpClient http) => http.GetFromJsonAsync<int>("x"); }
        namespace Refit
        {
            public abstract class HttpMethodAttribute(string path) : Attribute { public string Path => path; }
            public sealed class PostAttribute(string path) : HttpMethodAttribute(path);
        }
        """;

    [Theory]
    [InlineData("HttpClient http", "await {|FAT003:http.GetAsync(\"x\")|};")]
    [InlineData("HttpClient http", "await {|FAT003:http.SendAsync(new HttpRequestMessage())|};")]
    [InlineData("HttpClient http", "{|FAT003:http.Send(new HttpRequestMessage())|};")]
    [InlineData("HttpClient http", "var answer = await {|FAT003:http.PostAsJsonAsync(\"x\", 1)|}.ConfigureAwait(false);")]
    [InlineData("HttpClient http", "await {|FAT003:http.AskAsync()|};")]
    [InlineData("HttpClient http", "var asked = {|FAT003:http.GetStringAsync(\"x\")|}; await asked;")]
    [InlineData("HttpClient http", "await Task.WhenAll(new[] { 1, 2 }.Select(i => {|FAT003:http.GetStringAsync(\"x\")|}));")]
    [InlineData("StockClient stock", "await {|FAT003:stock.ReserveAsync()|};")]
    [InlineData("IPayments payments", "await {|FAT003:payments.PayAsync()|};")]
    [InlineData("IRest rest", "await {|FAT003:rest.PostAsync()|};")]
    [InlineData("IRefit refit", "await {|FAT003:refit.PostAsync()|};")]
    [InlineData("int _", "await Task.Yield(); using var call = {|FAT003:FatContext.BuildRemoteData(\"stock\")|} as IDisposable;")]
    public Task A_call_to_another_process_is_reported(string given, string body) => Check.ReportsAsync(Transaction(given, body));

    [Theory]
    [InlineData("HttpClient http", "http.CancelPendingRequests(); await Task.Yield();")]
    [InlineData("StockClient stock", "Console.WriteLine(stock.Describe() + stock.Address); await Task.Yield();")]
    [InlineData("IPrices prices", "await prices.PriceAsync();")]
    [InlineData("Stream stream", "await stream.FlushAsync();")]
    [InlineData("IHttpClientFactory factory", "using var http = factory.CreateClient(); await Task.Yield();")]
    [InlineData("HttpContent content", "await content.ReadAsStringAsync();")]
    public Task What_stays_in_the_process_is_not(string given, string body) => Check.ReportsAsync(Transaction(given, body));

    [Theory]
    [InlineData("[FatTransaction(ReadOnly = true)]")]
    [InlineData("[FatServiceRegister]")]
    [InlineData("")]
    public Task Without_locks_it_is_not(string mark) => Check.ReportsAsync(Transaction("HttpClient http", "await http.GetAsync(\"x\");", mark));

    [Fact]
    public Task A_mark_on_the_interface_counts() => Check.ReportsAsync(
        "using Fat;\npublic interface IOrders { [FatTransaction] Task AddAsync(); }\n" +
        "public sealed class Orders(HttpClient http) : IOrders { public async Task AddAsync() => await {|FAT003:http.GetAsync(\"x\")|}; }\n");

    [Fact]
    public Task What_a_client_calls_on_itself_is_not() => Check.ReportsAsync(
        "using Fat;\npublic interface IOrders { Task AddAsync(); }\n" +
        "public sealed class Orders(HttpClient http) : IOrders { [FatTransaction] public async Task AddAsync() => await NoteAsync(); private Task NoteAsync() => Task.FromResult(http); }\n");

    private static string Transaction(string given, string body, string mark = "[FatTransaction]") =>
        $"using Fat;\npublic interface IOrders {{ Task AddAsync({given}); }}\npublic sealed class Orders : IOrders\n{{\n    {mark}\n    public async Task AddAsync({given})\n    {{\n        {body}\n    }}\n}}\n{Clients}\n";
}
