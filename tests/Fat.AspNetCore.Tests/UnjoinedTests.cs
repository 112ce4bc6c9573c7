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
    [InlineData("/onward/marked", "depot", "'POST /marked' would begin a group of its own in a call from inside a caller's group, by way of 'POST /onward/{path}' of stock,")]
    [InlineData("/onward/root", "depot", "'Shelf.TakeAsync' would begin a group of its own in a call from inside a caller's group, by way of 'POST /onward/{path}' of stock and of an endpoint here,")]
    [InlineData("/onward/back", "stock", "'POST /marked' would begin a group of its own in a call from inside a caller's group, by way of 'POST /onward/{path}' of stock,")]
    public async Task A_root_in_a_service_further_on_is_refused_too(string path, string service, string why)
    {
        using var answer = await _shop.OrderAsync(path);

        var problem = await Problem.OfAsync(answer);
        Assert.Equal((409, service), (problem.Status, problem["service"]));
        Assert.Contains(why, problem["reason"], StringComparison.Ordinal);
        Assert.Equal("200 failed", _shop.Seen);
        await _shop.AllOverAsync();
        Assert.Empty(_shop.Stored);
        Assert.Empty(_shop.Reserved);
        Assert.Empty(_shop.Ordered);
    }

    [Theory]
    [InlineData("/onward-alone")]
    [InlineData("/onward/alone")]
    public async Task What_begins_no_group_further_on_or_is_meant_to_be_alone_goes_on(string path)
    {
        using var answer = await _shop.OrderAsync(path);

        Assert.Equal((HttpStatusCode.OK, "200 none"), (answer.StatusCode, _shop.Seen));
        await _shop.AllOverAsync();
        Assert.Equal((1, 1), (_shop.Stored["tea"], _shop.Ordered["tea"]));
    }

    [Fact]
    public async Task Outside_of_groups_what_is_further_on_is_a_root_as_ever()
    {
        using var answer = await _shop.Stock.PostAsync("/onward/marked", content: null, TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        await _shop.AllOverAsync();
        Assert.Equal(1, _shop.Stored["tea"]);
    }

    /// <summary>Anybody can send the mark: his own request fails.</summary>
    [Theory]
    [InlineData("1;%27POST%20%2F%27%20of%20gateway", "by way of 'POST /' of gateway,")]
    [InlineData("1;two%0Alines", "by way of an endpoint that is not named,")]
    [InlineData("nonsense", "by way of an endpoint that is not named,")]
    [InlineData("", "by way of an endpoint that is not named,")]
    public async Task A_marked_request_is_refused_whatever_the_mark_says(string mark, string why)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/marked");
        request.Headers.Add(FatRemoteFields.Unjoined, mark);
        using var answer = await _shop.Stock.SendAsync(request, TestContext.Current.CancellationToken);

        var problem = await Problem.OfAsync(answer);
        Assert.Equal((409, "urn:fat:rolled-back"), (problem.Status, problem["type"]));
        Assert.Contains(why, problem["detail"], StringComparison.Ordinal);
        await _shop.AllOverAsync();
        Assert.Empty(_shop.Reserved);
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
