using System.Net;
using System.Net.Http.Json;
using Fat.Testing.Ledger;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.TestHost;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;

namespace Fat.Testing.Tests;

/// <summary>An application from its entry point, twice: one calls the other by the address that it is configured with.</summary>
public sealed class ApplicationTests : IAsyncLifetime
{
    private readonly FatTestCluster _fat = new();
    private readonly string _name = Guid.NewGuid().ToString();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await _fat.AddWebAsync<LedgerContext>("last", InMemory("last", next: null), "http://ledger.internal:8080", Stop);
        await _fat.AddWebAsync<LedgerContext>("first", InMemory("first", "http://ledger.internal:8080"), cancellationToken: Stop);
    }

    public ValueTask DisposeAsync() => _fat.DisposeAsync();

    [Fact]
    public async Task Both_commit()
    {
        Assert.Equal(HttpStatusCode.OK, await WriteAsync("rent"));

        var group = await _fat.Groups.CommittedAsync(Stop);
        Assert.Equal(["first", "last"], group.Branches.Select(branch => branch.Service));
        await HoldAsync("rent");
    }

    [Fact]
    public async Task Both_roll_back()
    {
        _fat.Faults.RollBack("last", "no such account");
        Assert.Equal(HttpStatusCode.Conflict, await WriteAsync("rent"));

        await _fat.Groups.RolledBackAsync("no such account", Stop);
        await HoldAsync();
    }

    [Fact]
    public async Task One_that_is_killed_after_its_vote_commits_when_it_runs_again()
    {
        _fat.Faults.KillAfterVote("last");
        Assert.Equal(HttpStatusCode.OK, await WriteAsync("rent"));
        await Assert.ThrowsAsync<HttpRequestException>(() => ReadAsync("last"));

        await _fat["last"].StartAsync(Stop);
        await _fat.Groups.CommittedAsync(Stop);
        await HoldAsync("rent");
    }

    private Action<IWebHostBuilder> InMemory(string service, string? next) => host =>
    {
        if (next is not null)
            host.UseSetting("Next", next);
        host.ConfigureLogging(logging => logging.ClearProviders());
        host.ConfigureTestServices(services =>
        {
            services.RemoveAll<IDbContextOptionsConfiguration<LedgerContext>>();
            services.AddDbContext<LedgerContext>(options => options.UseInMemoryDatabase($"{service} {_name}"));
        });
    };

    private async Task HoldAsync(params string[] texts)
    {
        Assert.Equal(texts, await ReadAsync("first"));
        Assert.Equal(texts, await ReadAsync("last"));
    }

    private async Task<HttpStatusCode> WriteAsync(string text)
    {
        using var client = _fat["first"].CreateClient();
        using var answer = await client.PostAsync($"/entries/{text}", null, Stop);
        return answer.StatusCode;
    }

    private async Task<string[]> ReadAsync(string service)
    {
        using var client = _fat[service].CreateClient();
        return (await client.GetFromJsonAsync<string[]>("/entries", Stop))!;
    }
}
