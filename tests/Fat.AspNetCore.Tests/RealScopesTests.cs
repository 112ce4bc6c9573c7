using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Tests;

/// <summary>Orders calls Stock over HTTP, both with the real core: what the middleware and the client's handler make of each other.</summary>
public sealed class RealScopesTests
{
    [Fact]
    public async Task BothDoTheirPart()
    {
        string? joined = null;
        bool? root = null;
        await using var stock = await RealService.StartAsync("stock", app => app.MapPost("/reserve", [FatServiceRegister] () =>
        {
            (joined, root) = (FatContext.Current?.Gid, FatContext.Current?.IsRoot);
            return "reserved";
        }));
        string? begun = null;
        await using var orders = await StartOrdersAsync(stock, async http =>
        {
            begun = FatContext.Current?.Gid;
            using var response = await http.PostAsync(Reserve, content: null, TestContext.Current.CancellationToken);
            Assert.StartsWith("1;ok;", Assert.Single(response.Headers.GetValues(FatRemoteFields.Reply)), StringComparison.Ordinal);
            return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        });

        using var answer = await OrderAsync(orders);
        Assert.Equal("reserved", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.NotNull(begun);
        Assert.Equal(begun, joined);
        Assert.False(root);
        Assert.False(answer.Headers.Contains(FatRemoteFields.Reply));
    }

    [Fact]
    public async Task AnInstanceTellsItsAddressWhereOneIsConfigured()
    {
        await using var stock = await RealService.StartAsync(
            "stock", app => app.MapPost("/reserve", [FatServiceRegister] () => "reserved"), options => options.Address = "http://10.0.0.7:8080");
        string? address = null;
        await using var orders = await StartOrdersAsync(stock, async http =>
        {
            using var response = await http.PostAsync(Reserve, content: null, TestContext.Current.CancellationToken);
            address = Assert.Single(response.Headers.GetValues(FatRemoteFields.Address));
            return "ordered";
        });

        using var answer = await OrderAsync(orders);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("http://10.0.0.7:8080", address);
    }

    [Fact]
    public async Task ASwallowedFailureOfTheOtherServiceIsTheReasonOfTheWhole()
    {
        await using var stock = await RealService.StartAsync("stock", app => app.MapPost("/reserve", [FatServiceRegister] string () =>
            throw new InvalidOperationException("Item 7 is sold out.")));
        HttpStatusCode? called = null;
        await using var orders = await StartOrdersAsync(stock, async http =>
        {
            using var response = await http.PostAsync(Reserve, content: null, TestContext.Current.CancellationToken);
            called = response.StatusCode;
            return "all is well";
        });

        using var answer = await OrderAsync(orders);
        var problem = await Problem.OfAsync(answer);
        Assert.Equal(HttpStatusCode.Conflict, called);
        Assert.Equal(409, problem.Status);
        Assert.Equal("stock", problem["service"]);
        Assert.Equal("POST /reserve", problem["method"]);
        Assert.Contains("Item 7 is sold out.", problem["reason"], StringComparison.Ordinal);
        Assert.Equal("rolled-back", problem["outcome"]);
    }

    [Fact]
    public async Task AStatusOfTheOtherServiceIsTheReasonOfTheWhole()
    {
        await using var stock = await RealService.StartAsync("stock", app => app.MapPost("/reserve", [FatServiceRegister] () =>
            Results.Problem("Item 7 is sold out.", statusCode: 422)));
        await using var orders = await StartOrdersAsync(stock, CallAsync);

        using var answer = await OrderAsync(orders);
        var problem = await Problem.OfAsync(answer);
        Assert.Equal("stock", problem["service"]);
        Assert.Equal("answered 422: Item 7 is sold out.", problem["reason"]);
    }

    [Fact]
    public async Task AServiceWithoutTheAttributeIsNoParty()
    {
        await using var stock = await RealService.StartAsync("stock", app => app.MapPost("/reserve", () => Results.NotFound()));
        await using var orders = await StartOrdersAsync(stock, async http =>
        {
            using var response = await http.PostAsync(Reserve, content: null, TestContext.Current.CancellationToken);
            return response.StatusCode.ToString();
        });
        using var answer = await OrderAsync(orders);
        Assert.Equal("NotFound", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>Routing refuses before the mark is seen: what was meant was to take part.</summary>
    [Theory]
    [InlineData("POST", HttpStatusCode.UnsupportedMediaType)]
    [InlineData("PUT", HttpStatusCode.MethodNotAllowed)]
    public async Task ARefusalOfRoutingAtAMarkedEndpointRollsBackAlsoIfItIsIgnored(string method, HttpStatusCode status)
    {
        await using var stock = await RealService.StartAsync("stock", app => app.MapPost("/reserve", [FatServiceRegister] (Wanted wanted) => wanted.Item));
        HttpStatusCode? called = null;
        await using var orders = await StartOrdersAsync(stock, async http =>
        {
            using var request = new HttpRequestMessage(new HttpMethod(method), Reserve) { Content = new StringContent("tea") };
            using var response = await http.SendAsync(request, TestContext.Current.CancellationToken);
            called = response.StatusCode;
            return "all is well";
        });

        using var answer = await OrderAsync(orders);
        Assert.Equal(status, called);
        Assert.Contains($"answered {(int)status}", (await Problem.OfAsync(answer))["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task WrongCountsRollBack()
    {
        await using var orders = await RealService.StartAsync("orders", app =>
            app.MapPost("/orders", [FatServiceRegister(ServiceCount = 2)] () => "done"));
        using var answer = await OrderAsync(orders);
        Assert.Contains("ServiceCount declares 2", (await Problem.OfAsync(answer))["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task TheHandlersTokenIsCancelledWhenTheGroupIsOutOfTime()
    {
        await using var orders = await RealService.StartAsync("orders", app =>
            app.MapPost("/orders", [FatServiceRegister(TimeoutMilliseconds = 20)] (CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, token)));
        using var answer = await OrderAsync(orders);
        Assert.Contains("20 ms", (await Problem.OfAsync(answer))["reason"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task BusyWorkersAreAnsweredWith503()
    {
        await using var orders = await RealService.StartAsync("orders", app =>
            app.MapPost("/orders", [FatServiceRegister] string () => throw new FatSaturatedException(1, 1)));
        using var answer = await OrderAsync(orders);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("")]
    public async Task AMalformedContextIsRefused(string context)
    {
        var ran = false;
        await using var stock = await RealService.StartAsync("stock", app => app.MapPost("/orders", [FatServiceRegister] () => ran = true));
        using var answer = await OrderAsync(stock, context);
        Assert.Equal(400, (await Problem.OfAsync(answer)).Status);
        Assert.False(ran);
    }

    [Fact]
    public async Task AStrangersContextIsRefusedAndASignedOneIsNot()
    {
        var ran = 0;
        await using var stock = await RealService.StartAsync(
            "stock", app => app.MapPost("/reserve", [FatServiceRegister] () => ++ran), options => options.SigningKey = "the key of all services");
        await using var friend = await StartOrdersAsync(stock, CallAsync, options => options.SigningKey = "the key of all services");
        await using var stranger = await StartOrdersAsync(stock, CallAsync);
        await using var forger = await StartOrdersAsync(stock, CallAsync, options => options.SigningKey = "the key of nobody at all");

        Assert.Equal(HttpStatusCode.OK, (await OrderAsync(friend)).StatusCode);
        Assert.Equal(1, ran);
        Assert.Contains("answered 400", (await Problem.OfAsync(await OrderAsync(stranger)))["reason"], StringComparison.Ordinal);
        Assert.Contains("answered 400", (await Problem.OfAsync(await OrderAsync(forger)))["reason"], StringComparison.Ordinal);
        Assert.Equal(1, ran);
    }

    [Fact]
    public async Task ACallThatArrivesTwiceRunsOnce()
    {
        var ran = 0;
        string? context = null;
        await using var stock = await RealService.StartAsync("stock", app =>
        {
            app.MapPost("/reserve", [FatServiceRegister] (HttpRequest request) =>
            {
                context = request.Headers[FatRemoteFields.Context];
                return ++ran;
            });
            app.MapPost("/orders", [FatServiceRegister] () => ++ran);
        });
        await using var orders = await StartOrdersAsync(stock, CallAsync);
        (await OrderAsync(orders)).Dispose();
        Assert.Equal(1, ran);

        using var again = await OrderAsync(stock, context);
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);
        Assert.StartsWith("1;failed;stock;", Assert.Single(again.Headers.GetValues(FatRemoteFields.Reply)), StringComparison.Ordinal);
        Assert.Equal(1, ran);
    }

    private static Uri Reserve { get; } = new("/reserve", UriKind.Relative);

    /// <summary>Calls, and does not care how it went.</summary>
    private static async Task<string> CallAsync(HttpClient http)
    {
        using var response = await http.PostAsync(Reserve, content: null, TestContext.Current.CancellationToken);
        return "all is well";
    }

    private static Task<TestApp> StartOrdersAsync(TestApp stock, Func<HttpClient, Task<string>> body, Action<FatOptions>? configure = null) =>
        RealService.StartAsync(
            "orders",
            app => app.MapPost("/orders", [FatServiceRegister] (IHttpClientFactory clients) => body(clients.CreateClient("stock"))),
            configure,
            calls: ("stock", stock));

    private static async Task<HttpResponseMessage> OrderAsync(TestApp orders, string? context = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/orders");
        if (context is not null)
            request.Headers.TryAddWithoutValidation(FatRemoteFields.Context, context);
        return await orders.Client.SendAsync(request, TestContext.Current.CancellationToken);
    }

    private sealed record Wanted(string Item);
}
