using Fat.Refit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Refit.Tests;

/// <summary>What is taken for a redirect, and what is not.</summary>
public sealed class RedirectTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARequestThatWasChangedByThePrimaryHandlerWasRedirected(bool synchronous)
    {
        var result = await CallAsync((request, wire) => wire(Redirected(request)), synchronous: synchronous);
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.Contains("a redirect led it to GET http://depot/shipments,", result.Error!.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", result.Error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AnAnswerToAnotherRequestCameByARedirect()
    {
        var result = await CallAsync(async (request, wire) =>
        {
            var response = await wire(request);
            response.RequestMessage = new HttpRequestMessage(HttpMethod.Get, "http://depot/shipments");
            return response;
        });
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
    }

    [Fact]
    public async Task AClientMadeByHandNoticesToo()
    {
        await using var stock = await Service.StartAsync("stock");
        await using var orders = await Service.StartAsync("orders");
        using var http = new HttpClient(new FatPropagationHandler(new Rerouting(Redirected, Wire.To(stock)))) { BaseAddress = new Uri("http://stock/") };
        var result = await orders.BeginAsync(async () => (await http.PostAsync("/reserve", content: null, TestContext.Current.CancellationToken)).Dispose());
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.Contains("AllowAutoRedirect", result.Error!.Message, StringComparison.Ordinal);
    }

    /// <summary>As service discovery, load balancers and handlers that add a query do.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AHandlerThatChangesTheAddressIsNoRedirect(bool changesItBack)
    {
        var result = await CallAsync(
            (request, wire) => wire(request), client => client.AddHttpMessageHandler(() => new Rerouting(Instance, changesItBack: changesItBack)));
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
    }

    [Fact]
    public async Task ARedirectBelowAHandlerThatChangesTheAddressBackIsNoticed()
    {
        var result = await CallAsync(
            (request, wire) => wire(Redirected(request)), client => client.AddHttpMessageHandler(() => new Rerouting(Instance, changesItBack: true)));
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
    }

    /// <summary>Retries and hedging of Microsoft.Extensions.Http.Resilience send copies.</summary>
    [Fact]
    public async Task ARetryWithACopyIsNoRedirect()
    {
        var attempts = 0;
        var result = await CallAsync(
            (request, wire) => ++attempts == 1 ? throw new HttpRequestException("no route to host") : wire(request),
            client => client.AddHttpMessageHandler(() => new CopyingRetryHandler()));
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
        Assert.Equal(2, attempts);
    }

    private static HttpRequestMessage Redirected(HttpRequestMessage request)
    {
        (request.Method, request.RequestUri) = (HttpMethod.Get, new Uri("http://depot/shipments?token=secret"));
        return request;
    }

    private static HttpRequestMessage Instance(HttpRequestMessage request)
    {
        request.RequestUri = new Uri("http://10.0.0.7:8080/reserve?key=1");
        return request;
    }

    private static async Task<FatScopeResult> CallAsync(
        Func<HttpRequestMessage, Func<HttpRequestMessage, Task<HttpResponseMessage>>, Task<HttpResponseMessage>> primary,
        Action<IHttpClientBuilder>? configure = null,
        bool synchronous = false)
    {
        await using var stock = await Service.StartAsync("stock");
        using var invoker = new HttpMessageInvoker(Wire.To(stock));
        var wire = new Wire((request, token) => primary(request, sent => invoker.SendAsync(sent, token)));

        // Handlers that are added later stand further in.
        await using var orders = await Service.StartAsync("orders", services =>
        {
            var client = services.AddStockClient(wire).AddFatPropagation();
            configure?.Invoke(client);
        });
        return await orders.BeginAsync(async () =>
        {
            if (!synchronous)
            {
                (await orders.Stock().ReserveAsync()).Dispose();
                return;
            }

            using var request = new HttpRequestMessage(HttpMethod.Post, "/reserve");
            using var response = orders.Stock().Http.Send(request, TestContext.Current.CancellationToken);
        });
    }
}
