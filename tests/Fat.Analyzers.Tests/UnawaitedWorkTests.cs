using Fat.Analyzers.Tests.Harness;

namespace Fat.Analyzers.Tests;

public sealed class UnawaitedWorkTests
{
    [Theory]
    [InlineData("var running = {|FAT004:Task.Run(() => 1)|}; await running;")]
    [InlineData("await Task.WhenAll({|FAT004:Task.Run(() => 1)|}, {|FAT004:Task.Run(() => 2)|});")]
    [InlineData("await Task.WhenAll(new[] { 1, 2 }.Select(i => {|FAT004:Task.Run(() => i)|}));")]
    [InlineData("await {|FAT004:Task.Factory.StartNew(async () => await NoteAsync())|};")]
    [InlineData("{|FAT004:ThreadPool.QueueUserWorkItem(_ => { })|};")]
    [InlineData("{|FAT004:new Thread(() => { })|}.Start();")]
    [InlineData("{|FAT004:Parallel.For(0, 9, _ => { })|};")]
    [InlineData("await {|FAT004:Parallel.ForEachAsync(new[] { 1 }, async (i, stop) => await NoteAsync())|};")]
    [InlineData("_ = {|FAT004:Task.Run(() => 1)|};")]
    [InlineData("_ = {|FAT004:NoteAsync()|};")]
    [InlineData("{|FAT004:NoteAsync()|};")]
    [InlineData("{|FAT004:ValueAsync()|};")]
    [InlineData("{|FAT004:NoteAsync().ContinueWith(_ => { })|};")]
    [InlineData("{|FAT004:Forget()|};")]
    [InlineData("new List<int>().ForEach({|FAT004:async i => await NoteAsync()|});")]
    [InlineData("new List<int>().ForEach(i => {|FAT004:NoteAsync()|});")]
    public Task Work_beside_the_method_is_reported(string body) => Check.ReportsAsync(Transaction($"{body} await Task.Yield();"));

    [Theory]
    [InlineData("await Task.Run(() => 1);")]
    [InlineData("await Task.Run(() => 1).ConfigureAwait(false);")]
    [InlineData("var text = await Task.Run(async () => await ValueAsync());")]
    [InlineData("await Task.Factory.StartNew(() => NoteAsync()).Unwrap();")]
    [InlineData("await NoteAsync();")]
    [InlineData("var noted = NoteAsync(); await noted;")]
    [InlineData("await Task.WhenAll(NoteAsync(), NoteAsync());")]
    [InlineData("foreach (var noted in new[] { 1 }.Select(i => NoteAsync())) await noted;")]
    [InlineData("AppDomain.CurrentDomain.ProcessExit += async (_, _) => await NoteAsync();")]
    [InlineData("_ = 1; _ = await ValueAsync();")]
    [InlineData("var all = new List<Task>(); all.Add(NoteAsync()); await Task.WhenAll(all);")]
    public Task What_is_awaited_is_not(string body) => Check.ReportsAsync(Transaction($"{body} await Task.Yield();"));

    [Theory]
    [InlineData("[FatServiceRegister]")]
    [InlineData("")]
    public Task Outside_of_a_transaction_it_is_not(string mark) => Check.ReportsAsync(Transaction("_ = NoteAsync(); await Task.Yield();", mark));

    [Fact]
    public Task What_the_method_returns_is_awaited() => Check.ReportsAsync(
        "using Fat;\npublic class Orders { [FatTransaction] public virtual Task AddAsync() => Task.Run(() => 1); [FatTransaction] public virtual Task OtherAsync() { return AddAsync(); } }\n");

    [Theory]
    [InlineData("        {|FAT004:NoteAsync()|}; // Kept.\n", "        await NoteAsync(); // Kept.\n")]
    [InlineData("        _ = {|FAT004:NoteAsync()|};\n", "        await NoteAsync();\n")]
    [InlineData("        // Kept.\n        _ = {|FAT004:Task.Run(() => 1)|};\n", "        // Kept.\n        await Task.Run(() => 1);\n")]
    public Task It_is_awaited(string before, string after) => Check.FixesAsync(Transaction($"\n{before}        await Task.Yield();"), Transaction($"\n{after}        await Task.Yield();"));

    [Theory]
    [InlineData("lock (this) { _ = {|FAT004:NoteAsync()|}; } await Task.Yield();")]
    [InlineData("new List<int>().ForEach(i => {|FAT004:NoteAsync()|}); await Task.Yield();")]
    [InlineData("var running = {|FAT004:Task.Run(() => 1)|}; await running;")]
    public Task Where_an_await_cannot_stand_none_is_offered(string body) => Check.OffersNothingAsync(Transaction(body));

    [Fact]
    public Task In_a_method_that_is_not_async_none_is_offered() => Check.OffersNothingAsync(
        "using Fat;\npublic class Orders { [FatTransaction] public virtual void Add() { {|FAT004:Task.Delay(1)|}; } }\n");

    private static string Transaction(string body, string mark = "[FatTransaction]") => $$"""
        using Fat;
        public interface IOrders { Task AddAsync(); }
        public sealed class Orders : IOrders
        {
            {{mark}}
            public async Task AddAsync()
            {
                {{body}}
            }

            private static Task NoteAsync() => Task.CompletedTask;
            private static ValueTask<int> ValueAsync() => new(1);
            private static async void Forget() => await Task.Yield();
        }

        """;
}
