using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using Npgsql;

namespace Fat.Core.Tests.Hosting;

/// <summary>What cannot work is said at start-up, with what to change.</summary>
public sealed class StartUpTests
{
    public interface IPartly
    {
        Task ReachedAsync();
    }

    public class NotInTheInterface : IPartly
    {
        public Task ReachedAsync() => Task.CompletedTask;

        [FatTransaction]
        public Task ForgottenAsync() => Task.CompletedTask;
    }

    public class Static : IPartly
    {
        [FatTransaction]
        public static Task SharedAsync() => Task.CompletedTask;

        public Task ReachedAsync() => Task.CompletedTask;
    }

    public class NotVirtual
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;
    }

    public class Private
    {
        [FatTransaction]
        private Task AddAsync() => Task.CompletedTask;

        public Task CallAsync() => AddAsync();
    }

    public interface IByReference
    {
        void Add(ref int id);
    }

    public class ByReference : IByReference
    {
        [FatTransaction]
        public void Add(ref int id) => id++;
    }

    public interface IWorks
    {
        Task AddAsync();
    }

    public class Works : IWorks
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;
    }

    public class WorksElsewhere : IWorks
    {
        [FatTransaction(Database = "archive")]
        public Task AddAsync() => Task.CompletedTask;
    }

    [Fact]
    public void A_marked_method_outside_of_the_interface_is_refused() =>
        Refused(fat => fat.AddTransactional<IPartly, NotInTheInterface>(), "ForgottenAsync", "not a member of IPartly");

    [Fact]
    public void A_static_marked_method_is_refused() =>
        Refused(fat => fat.AddTransactional<IPartly, Static>(), "SharedAsync", "static");

    [Fact]
    public void A_marked_method_that_is_not_virtual_is_refused() =>
        Refused(fat => fat.AddTransactional<NotVirtual>(), "AddAsync", "not virtual");

    [Fact]
    public void A_private_marked_method_is_refused() =>
        Refused(fat => fat.AddTransactional<Private>(), "AddAsync", "private");

    [Fact]
    public void A_marked_method_with_a_reference_parameter_is_refused() =>
        Refused(fat => fat.AddTransactional<IByReference, ByReference>(), "Add", "ref, in or out");

    [Fact]
    public async Task A_transaction_without_any_database_is_refused()
    {
        var thrown = await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(fat => fat.AddTransactional<IWorks, Works>()));
        Assert.Contains("Works.AddAsync", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("AddDbContext<T>() or AddDatabase", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_that_does_not_exist_is_refused()
    {
        var thrown = await Assert.ThrowsAsync<FatConfigurationException>(() => StartAsync(fat => fat
            .AddDatabase("main", () => new NpgsqlConnection("Host=127.0.0.1;Port=1;Timeout=1"))
            .AddTransactional<IWorks, WorksElsewhere>()));
        Assert.Contains("no database 'archive'. Registered: main", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("two words")]
    [InlineData("a:b")]
    [InlineData("")]
    [InlineData("a23456789012345678901234567890123456789012")]
    public async Task A_service_name_that_is_not_valid_is_refused(string name)
    {
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(_ => { }, options => options.ServiceName = name));
        Assert.Contains("Fat:ServiceName", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_setting_out_of_range_is_refused_by_its_name()
    {
        var thrown = await Assert.ThrowsAsync<OptionsValidationException>(() => StartAsync(_ => { }, options =>
        {
            options.WaitCommit = TimeSpan.Zero;
            options.Workers.MaxConcurrent = 0;
            options.SigningKey = "short";
            options.Redis.KeyPrefix = "{fat}";
            options.Messages.RequestTimeout = TimeSpan.FromDays(1.1);
        }));
        Assert.All(["Fat:WaitCommit", "Fat:Workers:MaxConcurrent", "Fat:SigningKey", "Fat:Redis:KeyPrefix", "Fat:Messages:RequestTimeout"], setting =>
            Assert.Contains(setting, thrown.Message, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_service_name_defaults_to_the_application_name()
    {
        using var host = await StartAsync(_ => { });
        Assert.Equal("shop", host.Services.GetRequiredService<IOptions<FatOptions>>().Value.ServiceName);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    [Fact]
    public async Task It_starts_while_its_servers_are_away()
    {
        using var host = await StartAsync(
            fat => fat.AddDatabase("main", () => new NpgsqlConnection("Host=127.0.0.1;Port=1;Timeout=1")).AddTransactional<IWorks, Works>(),
            options => options.Redis.Configuration = "127.0.0.1:1,abortConnect=false,connectTimeout=200",
            inMemory: false);
        await host.StopAsync(TestContext.Current.CancellationToken);
    }

    private static void Refused(Action<IFatBuilder> register, params string[] words)
    {
        var thrown = Assert.Throws<FatConfigurationException>(() => register(new ServiceCollection().AddFat()));
        Assert.All(words, word => Assert.Contains(word, thrown.Message, StringComparison.Ordinal));
    }

    private static async Task<IHost> StartAsync(Action<IFatBuilder> configure, Action<FatOptions>? options = null, bool inMemory = true)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ApplicationName = "shop" });
        var fat = builder.Services.AddFat(options ?? (_ => { }));
        if (inMemory)
            fat.UseInMemoryRegistry();
        configure(fat);
        var host = builder.Build();
        await host.StartAsync(TestContext.Current.CancellationToken);
        return host;
    }
}
