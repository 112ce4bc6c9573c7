using System.Net;
using Fat.AspNetCore.Tests.Support;

namespace Fat.AspNetCore.Tests;

/// <summary>A call from inside a group reaches an endpoint without a mark: what it calls neither commits behind the group's back nor leaves the group in the belief that all is well.</summary>
public sealed class UnjoinedTests : IAsyncLifetime
{
    private UnjoinedShop _shop = null!;

    public async ValueTask InitializeAsync() => _shop = await UnjoinedShop.StartAsync();

    public ValueTask DisposeAsync() => _shop.DisposeAsync();

    [Theory]
    [InlineData("/root", "500 failed")]
    [InlineData("/swallowed", "200 failed")]
    [InlineData("/byhand", "500 failed")]
    [InlineData("/branch", "500 failed")]
    public async Task A_root_is_refused_and_the_callers_group_rolls_back(string path, string seen)
    {
        using var answer = await _shop.OrderAsync(path);

        var problem = await Problem.OfAsync(answer);
        Assert.Equal((409, "stock"), (problem.Status, problem["service"]));
        Assert.Contains("Put [FatServiceRegister] on the endpoint", problem["reason"], StringComparison.Ordinal);
        Assert.Contains(path == "/byhand" ? "'by hand' would begin" : "'Shelf.TakeAsync' would begin", problem["reason"], StringComparison.Ordinal);
        Assert.Equal(seen, _shop.Seen);
        await _shop.AllOverAsync();
        Assert.Empty(_shop.Reserved);
        Assert.Empty(_shop.Ordered);
    }

    [Theory]
    [InlineData("/suppressed", "200 none")]
    [InlineData("/adapter", "200 ok")]
    public async Task What_is_meant_to_be_alone_and_what_joins_goes_on(string path, string seen)
    {
        using var answer = await _shop.OrderAsync(path);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal(seen, _shop.Seen);
        await _shop.AllOverAsync();
        Assert.Equal((1, 1), (_shop.Reserved["tea"], _shop.Ordered["tea"]));
    }

    [Fact]
    public async Task Outside_of_groups_it_is_a_root_as_ever()
    {
        using var answer = await _shop.Stock.PostAsync("/root", content: null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await _shop.AllOverAsync();
        Assert.Equal(1, _shop.Reserved["tea"]);
    }

    [Fact]
    public async Task Work_that_outlives_the_call_is_on_its_own()
    {
        using var answer = await _shop.OrderAsync("/detached");
        Assert.Equal((HttpStatusCode.OK, "200 none"), (answer.StatusCode, _shop.Seen));
        Assert.Empty(_shop.Reserved);

        _shop.Gate.SetResult();
        await _shop.Detached;
        await _shop.AllOverAsync();
        Assert.Equal(1, _shop.Reserved["tea"]);
    }

    [Fact]
    public async Task A_transaction_without_a_scope_commits_alone_and_that_is_said_once()
    {
        foreach (var path in new[] { "/look", "/alone", "/alone" })
        {
            using var answer = await _shop.OrderAsync(path);
            Assert.Equal((HttpStatusCode.OK, "200 none"), (answer.StatusCode, _shop.Seen));
        }

        using var outside = await _shop.Stock.PostAsync("/alone", content: null, TestContext.Current.CancellationToken);
        Assert.StartsWith("Warning Shelf.TakeAloneAsync writes in a call from inside a caller's group", Assert.Single(_shop.Warnings.Lines), StringComparison.Ordinal);
        Assert.Equal(1, _shop.Reserved["tea"]);
    }
}
