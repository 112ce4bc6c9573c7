using System.Net;
using Fat.Refit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using RestEase;

namespace Fat.Refit.Tests;

/// <summary>Which requests carry the group, over which kinds of client.</summary>
public sealed class PropagationTests
{
    [Fact]
    public async Task OutsideOfAnyGroupARequestIsNotTouched()
    {
        var wire = Wire.Answering(HttpStatusCode.OK);
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        using var response = await orders.Stock().ReserveAsync();
        Assert.Null(Assert.Single(wire.Contexts));
    }

    [Fact]
    public async Task ASuppressedGroupIsNotCarried()
    {
        var wire = Wire.Answering(HttpStatusCode.InternalServerError);
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        var result = await orders.BeginAsync(async () =>
        {
            using (FatContext.Suppress())
                (await orders.Stock().ReserveAsync()).Dispose();
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.Null(Assert.Single(wire.Contexts));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task WhatIsSentBehindAnEndpointWithoutAPartSaysSoAndARefusalGoesOn(bool synchronously)
    {
        string? mark = null;
        var wire = Refusing(request => mark = request.Headers.GetValues(FatRemoteFields.Unjoined).Single());
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        using var call = FatUnjoinedCall.Enter("'POST /x' of orders");
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reserve");
        using var response = synchronously
            ? orders.Stock().Http.Send(request, TestContext.Current.CancellationToken)
            : await orders.Stock().Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.Equal("1;%27POST%20%2Fx%27%20of%20orders", mark);
        Assert.True(call.IsRefused);
        Assert.Equal("1;failed;stock;POST;refused", call.Reply[FatRemoteFields.Reply]);
    }

    [Fact]
    public async Task ARefusalGoesOnAlsoWhereARetryHasDroppedIt()
    {
        var first = true;
        var wire = Refusing(_ =>
        {
            if (!first)
                throw new HttpRequestException("no route to host");
            first = false;
        });
        await using var orders = await Service.StartAsync("orders", services => services
            .AddStockClient(wire).AddFatPropagation().AddHttpMessageHandler(() => new RetryHandler()));
        using var call = FatUnjoinedCall.Enter();
        await Assert.ThrowsAsync<HttpRequestException>(() => orders.Stock().ReserveAsync());
        Assert.True(call.IsRefused);
    }

    [Fact]
    public async Task WhoPassesTheContextOnByHandSaysNothingOfHisOwn()
    {
        var marked = true;
        var wire = Refusing(request => marked = request.Headers.Contains(FatRemoteFields.Unjoined));
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        using var call = FatUnjoinedCall.Enter();
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reserve");
        request.Headers.Add(FatRemoteFields.Context, "of the caller");
        using var response = await orders.Stock().Http.SendAsync(request, TestContext.Current.CancellationToken);
        Assert.False(marked);
        Assert.False(call.IsRefused);
    }

    [Fact]
    public async Task ATypedClientCarriesTheGroup()
    {
        await using var stock = await Service.StartAsync("stock");
        string? joined = null;
        var wire = Wire.To(stock, () =>
        {
            joined = FatContext.Current!.Gid;
            return Task.CompletedTask;
        });
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        var result = await orders.BeginAsync(async () => (await orders.Stock().ReserveAsync()).Dispose());
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.Equal(result.Gid, joined);
    }

    [Fact]
    public async Task RestEaseOnANamedClientCarriesTheGroup()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = Wire.To(stock);
        await using var orders = await Service.StartAsync("orders", services => services
            .AddHttpClient("stock", http => http.BaseAddress = new Uri("http://stock/"))
            .ConfigurePrimaryHttpMessageHandler(() => wire)
            .AddFatPropagation());
        var api = RestClient.For<IStockApi>(orders.Services.GetRequiredService<IHttpClientFactory>().CreateClient("stock"));
        var result = await orders.BeginAsync(async () => Assert.Equal("\"done\"", await api.ReserveAsync()));
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.NotNull(Assert.Single(wire.Contexts));
    }

    [Fact]
    public async Task AClientMadeByHandCarriesTheGroup()
    {
        await using var stock = await Service.StartAsync("stock");
        await using var orders = await Service.StartAsync("orders");
        using var http = new HttpClient(new FatPropagationHandler(Wire.To(stock))) { BaseAddress = new Uri("http://stock/") };
        var result = await orders.BeginAsync(async () => Assert.Equal("\"done\"", await http.GetStringAsync("/", TestContext.Current.CancellationToken)));
        Assert.Equal(FatOutcome.Committed, result.Outcome);
    }

    [Fact]
    public async Task ASynchronousCallCarriesTheGroup()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = Wire.To(stock);
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        var result = await orders.BeginAsync(() =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/");
            using var response = orders.Stock().Http.Send(request, TestContext.Current.CancellationToken);
            return Task.CompletedTask;
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.NotNull(Assert.Single(wire.Contexts));
    }

    [Fact]
    public async Task ASynchronousCallOutsideIsNotTouched()
    {
        var wire = Wire.Answering(HttpStatusCode.OK);
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/");
        using var response = orders.Stock().Http.Send(request, TestContext.Current.CancellationToken);
        Assert.Null(Assert.Single(wire.Contexts));
    }

    [Fact]
    public async Task FieldsThatWereThereAreReplaced()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = Wire.To(stock);
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        var signed = true;
        var result = await orders.BeginAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/reserve");
            request.Headers.Add(FatRemoteFields.Context, "of another group");
            request.Headers.Add(FatRemoteFields.Signature, "of another group");
            using var response = await orders.Stock().Http.SendAsync(request, TestContext.Current.CancellationToken);
            signed = request.Headers.Contains(FatRemoteFields.Signature);
        });
        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.DoesNotContain("another", Assert.Single(wire.Contexts), StringComparison.Ordinal);
        Assert.False(signed);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AddedTwiceItIsOneCall(bool byDefault)
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = Wire.To(stock);
        await using var orders = await Service.StartAsync("orders", services =>
        {
            if (byDefault)
                services.ConfigureHttpClientDefaults(client => client.AddFatPropagation());
            services.AddStockClient(wire).AddFatPropagation().AddFatPropagation();
        });
        var result = await orders.BeginAsync(
            async () => (await orders.Stock().ReserveAsync()).Dispose(), new FatServiceRegisterAttribute { ServiceCount = 1 });
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
    }

    [Fact]
    public async Task ARetryFurtherInRepeatsTheSameCall()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = FailingOnce(stock);
        await using var orders = await Service.StartAsync("orders", services => services
            .AddStockClient(wire).AddFatPropagation().AddHttpMessageHandler(() => new RetryHandler()));
        var result = await orders.BeginAsync(
            async () => (await orders.Stock().ReserveAsync()).Dispose(), new FatServiceRegisterAttribute { ServiceCount = 1 });
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
        Assert.Equal(2, wire.Contexts.Count);
        Assert.Equal(wire.Contexts[0], wire.Contexts[1]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task ARetryThatWasAddedBeforeIsFurtherInAllTheSame(bool byDefault)
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = FailingOnce(stock);
        await using var orders = await Service.StartAsync("orders", services =>
        {
            if (byDefault)
                services.ConfigureHttpClientDefaults(client => client.AddHttpMessageHandler(() => new RetryHandler())).AddStockClient(wire).AddFatPropagation();
            else
                services.AddStockClient(wire).AddHttpMessageHandler(() => new RetryHandler()).AddFatPropagation();
        });
        var result = await orders.BeginAsync(
            async () => (await orders.Stock().ReserveAsync()).Dispose(), new FatServiceRegisterAttribute { ServiceCount = 1 });
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
        Assert.Equal(2, wire.Contexts.Count);
        Assert.Equal(wire.Contexts[0], wire.Contexts[1]);
    }

    [Fact]
    public async Task ARetryThatIsPutFurtherOutMakesANewCallAndCannotSaveTheGroup()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = FailingOnce(stock);
        await using var orders = await Service.StartAsync("orders", services => services
            .AddStockClient(wire).AddFatPropagation().ConfigureAdditionalHttpMessageHandlers((handlers, _) => handlers.Insert(0, new RetryHandler())));
        var result = await orders.BeginAsync(async () => (await orders.Stock().ReserveAsync()).Dispose());
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.Contains("no route", result.Error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task ARetryFurtherInDoesNotHideWhyTheCallFailed()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = Wire.To(stock, () => throw new InvalidOperationException("no stock left"));
        await using var orders = await Service.StartAsync("orders", services => services
            .AddStockClient(wire).AddFatPropagation().AddHttpMessageHandler(() => new RetryHandler()));
        var result = await orders.BeginAsync(async () => (await orders.Stock().ReserveAsync()).Dispose());
        Assert.Equal(2, wire.Contexts.Count);
        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("stock", error.Service);
        Assert.Contains("no stock left", error.Reason, StringComparison.Ordinal);
    }

    /// <summary>The group would keep its locks while the handler waits to send what is refused then.</summary>
    [Fact]
    public async Task ARetryFurtherInDoesNotHoldAGroupOpenWhoseCallHasFailed()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = Failing(stock);
        await using var orders = await Service.StartAsync("orders", services => services
            .AddStockClient(wire).AddFatPropagation().AddHttpMessageHandler(() => new PatientRetryHandler()));
        Exception? thrown = null;
        CancellationToken aborted = default;
        var result = await orders.BeginAsync(async () =>
        {
            aborted = FatContext.Current!.Aborted;
            thrown = await Record.ExceptionAsync(async () => (await orders.Stock().ReserveAsync()).Dispose());
        });
        Assert.Single(wire.Contexts);
        var cancelled = Assert.IsAssignableFrom<OperationCanceledException>(thrown);
        Assert.Equal(aborted, cancelled.CancellationToken);
        Assert.Contains("answered 500", cancelled.Message, StringComparison.Ordinal);
        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("stock", error.Service);
        Assert.Contains("no stock left", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task WithoutARetryACallThatFailedIsAnswered()
    {
        await using var stock = await Service.StartAsync("stock");
        await using var orders = await Service.StartAsync(
            "orders", services => services.AddStockClient(Failing(stock)).AddFatPropagation());
        var result = await orders.BeginAsync(async () =>
        {
            using var response = await orders.Stock().ReserveAsync();
            Assert.Equal(HttpStatusCode.InternalServerError, response.StatusCode);
            Assert.Equal("\"failed\"", await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        });
        Assert.Contains("no stock left", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
    }

    /// <summary>An instance that is stopping refuses calls with 409, and another one takes them.</summary>
    [Fact]
    public async Task ARefusedCallMayBeRepeated()
    {
        await using var stock = await Service.StartAsync("stock");
        var instances = new Queue<Wire>([Wire.Answering(HttpStatusCode.Conflict, "1;failed;stock;Join;stopping"), Wire.To(stock)]);
        var wire = new Wire((request, token) => new HttpMessageInvoker(instances.Dequeue()).SendAsync(request, token));
        await using var orders = await Service.StartAsync("orders", services => services
            .AddStockClient(wire).AddFatPropagation().AddHttpMessageHandler(() => new RetryHandler()));
        var result = await orders.BeginAsync(async () => (await orders.Stock().ReserveAsync()).Dispose());
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
        Assert.Equal(2, wire.Contexts.Count);
    }

    [Fact]
    public async Task AMessageThatIsSentForAnotherCallKeepsNothingOfTheFirst()
    {
        await using var stock = await Service.StartAsync("stock");
        var reason = "no stock left";
        var wire = Wire.To(stock, () => throw new InvalidOperationException(reason));
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        using var invoker = new HttpMessageInvoker(orders.Services.GetRequiredService<IHttpMessageHandlerFactory>().CreateHandler(nameof(StockClient)), disposeHandler: false);
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://stock/reserve");
        await orders.BeginAsync(async () => (await invoker.SendAsync(request, TestContext.Current.CancellationToken)).Dispose());

        reason = "no stock at all";
        var result = await orders.BeginAsync(async () => (await invoker.SendAsync(request, TestContext.Current.CancellationToken)).Dispose());

        Assert.Contains("no stock at all", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task EachOfManyCallsAtOnceIsItsOwn()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = Wire.To(stock);
        await using var orders = await Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation());
        var result = await orders.BeginAsync(
            () => Task.WhenAll(Enumerable.Range(0, 20).Select(_ => orders.Stock().ReserveAsync())), new FatServiceRegisterAttribute { ServiceCount = 20 });
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
        Assert.Equal(20, wire.Contexts.Distinct(StringComparer.Ordinal).Count());
    }

    private static Wire Refusing(Action<HttpRequestMessage> arrived) => new((request, _) =>
    {
        arrived(request);
        var response = new HttpResponseMessage(HttpStatusCode.Conflict);
        response.Headers.Add(FatRemoteFields.Reply, "1;failed;stock;POST;refused");
        return Task.FromResult(response);
    });

    /// <summary>Answers as an endpoint that maps its exceptions itself.</summary>
    private static Wire Failing(Service stock) => new(async (request, _) =>
    {
        var result = await stock.JoinAsync(request, () => throw new InvalidOperationException("no stock left"));
        var response = new HttpResponseMessage(HttpStatusCode.InternalServerError) { Content = new StringContent("\"failed\"") };
        response.Headers.Add(FatRemoteFields.Reply, result.Reply[FatRemoteFields.Reply]);
        return response;
    });

    private static Wire FailingOnce(Service stock)
    {
        var first = true;
        return new Wire(async (request, _) =>
        {
            if (first)
            {
                first = false;
                throw new HttpRequestException("no route to host");
            }

            var result = await stock.JoinAsync(request, () => Task.CompletedTask);
            var response = new HttpResponseMessage(HttpStatusCode.OK);
            response.Headers.Add(FatRemoteFields.Reply, result.Reply[FatRemoteFields.Reply]);
            return response;
        });
    }
}
