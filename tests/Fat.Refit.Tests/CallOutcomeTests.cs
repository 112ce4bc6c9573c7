using System.Net;
using Fat.Refit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Refit.Tests;

/// <summary>What the group makes of a call's end; the calling code swallows every failure, which must not help.</summary>
public sealed class CallOutcomeTests
{
    [Theory]
    [InlineData(HttpStatusCode.OK)]
    [InlineData(HttpStatusCode.NotFound)]
    [InlineData(HttpStatusCode.InternalServerError)]
    public async Task WhoTakesNoPartDoesNotMatter(HttpStatusCode status)
    {
        var (result, thrown, _) = await CallAsync(Wire.Answering(status, FatRemoteFields.NotAParticipant));
        Assert.Null(thrown);
        Assert.True(result.Outcome == FatOutcome.Committed, result.Error?.Message);
    }

    [Fact]
    public async Task AGoodAnswerWithoutAReplyRollsBack() =>
        await AssertRolledBackAsync(Wire.Answering(HttpStatusCode.OK), FatRemoteFields.Reply);

    [Theory]
    [InlineData("nonsense")]
    [InlineData("1;ok;9-0123abcd;;")]
    public async Task AReplyThatDoesNotFitRollsBack(string reply) =>
        await AssertRolledBackAsync(Wire.Answering(HttpStatusCode.OK, reply), FatRemoteFields.Reply);

    [Fact]
    public async Task ARepeatedReplyRollsBack() =>
        await AssertRolledBackAsync(
            Wire.Answering(HttpStatusCode.OK, FatRemoteFields.NotAParticipant, FatRemoteFields.NotAParticipant), FatRemoteFields.Reply);

    [Theory]
    [InlineData(HttpStatusCode.BadRequest, "answered 400 Bad Request")]
    [InlineData(HttpStatusCode.Conflict, "answered 409 Conflict")]
    [InlineData(HttpStatusCode.ServiceUnavailable, "answered 503 Service Unavailable")]
    public async Task AStatusOf400OrMoreRollsBack(HttpStatusCode status, string reason) => await AssertRolledBackAsync(Wire.Answering(status), reason);

    [Fact]
    public async Task AFailureOfTheServiceIsTheReason()
    {
        await using var stock = await Service.StartAsync("stock");
        var (result, _, _) = await CallAsync(Wire.To(stock, () => throw new InvalidOperationException("no stock left")));
        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("stock", error.Service);
        Assert.Equal("Join", error.Method);
        Assert.Contains("no stock left", error.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task AFailureWithAGoodReplyIsStillAFailure()
    {
        await using var stock = await Service.StartAsync("stock");
        var wire = new Wire(async (request, _) =>
        {
            var joined = await stock.JoinAsync(request, () => Task.CompletedTask);
            var response = new HttpResponseMessage(HttpStatusCode.InternalServerError);
            response.Headers.Add(FatRemoteFields.Reply, joined.Reply[FatRemoteFields.Reply]);
            return response;
        });
        await AssertRolledBackAsync(wire, "answered 500");
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnExceptionIsThrownAsItIs(bool synchronous)
    {
        var exception = new HttpRequestException("connection refused");
        var (result, thrown, _) = await CallAsync(Wire.Throwing(exception), synchronous: synchronous);
        Assert.Same(exception, thrown);
        AssertRolledBack(result, "connection refused");
    }

    [Fact]
    public async Task TheReasonNamesTheAddressWithoutItsQuery()
    {
        var (result, _, _) = await CallAsync(Wire.Throwing(new HttpRequestException("connection refused")));
        AssertRolledBack(result, "POST http://stock/reserve");
        Assert.DoesNotContain("secret", result.Error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task TheCallersOwnCancellationStaysItsOwn(bool synchronous)
    {
        using var own = new CancellationTokenSource();
        var (result, thrown, group) = await CallAsync(Wire.Silent(own.Cancel), own: own.Token, synchronous: synchronous);
        Assert.Equal(own.Token, Assert.IsAssignableFrom<OperationCanceledException>(thrown).CancellationToken);
        Assert.NotEqual(group, own.Token);
        AssertRolledBack(result, "by the caller");
    }

    /// <summary>Handlers further out look at the token too; <see cref="HttpClient"/> is not there to put it right for them.</summary>
    [Fact]
    public async Task TheCallersOwnCancellationIsSeenByHandlersFurtherOut()
    {
        using var own = new CancellationTokenSource();
        using var outer = new HttpMessageInvoker(new FatPropagationHandler(Wire.Silent(own.Cancel)));
        await using var orders = await Service.StartAsync("orders");
        Exception? thrown = null;
        await orders.BeginAsync(async () =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "http://stock/");
            thrown = await Record.ExceptionAsync(() => outer.SendAsync(request, own.Token));
        });
        Assert.Equal(own.Token, Assert.IsAssignableFrom<OperationCanceledException>(thrown).CancellationToken);
    }

    [Fact]
    public async Task TheClientsTimeOutStaysATimeOut()
    {
        var (result, thrown, _) = await CallAsync(Wire.Silent(), configure: http => http.Timeout = TimeSpan.FromMilliseconds(20));
        Assert.IsType<TimeoutException>(Assert.IsType<TaskCanceledException>(thrown).InnerException);
        AssertRolledBack(result, "timed out");
    }

    [Fact]
    public async Task ATimeOutFurtherInIsATimeOut() =>
        await AssertRolledBackAsync(Wire.Throwing(new TaskCanceledException("attempt took too long")), "timed out before it answered: attempt took too long");

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task AnAbortedGroupCancelsTheCall(bool synchronous)
    {
        FatContext? group = null;
        var (result, thrown, aborted) = await CallAsync(
            Wire.Silent(() => group!.Abort("enough")), before: () => group = FatContext.Current, synchronous: synchronous);
        var cancelled = Assert.IsAssignableFrom<OperationCanceledException>(thrown);
        Assert.Equal(aborted, cancelled.CancellationToken);
        Assert.Contains("the group was aborted", cancelled.Message, StringComparison.Ordinal);
        AssertRolledBack(result, "enough");
    }

    [Fact]
    public async Task AGroupOutOfTimeCancelsTheCall()
    {
        var (result, thrown, aborted) = await CallAsync(Wire.Silent(), attribute: new FatServiceRegisterAttribute { TimeoutMilliseconds = 20 });
        Assert.Equal(aborted, Assert.IsAssignableFrom<OperationCanceledException>(thrown).CancellationToken);
        AssertRolledBack(result, "20 ms");
    }

    [Fact]
    public async Task AnAbortedGroupMakesNoMoreCalls()
    {
        var wire = Wire.Answering(HttpStatusCode.OK, FatRemoteFields.NotAParticipant);
        var (result, thrown, _) = await CallAsync(wire, before: () => FatContext.Current!.Abort("enough"));
        Assert.IsAssignableFrom<OperationCanceledException>(thrown);
        Assert.Empty(wire.Contexts);
        AssertRolledBack(result, "enough");
    }

    private static async Task AssertRolledBackAsync(Wire wire, string reason)
    {
        var (result, _, _) = await CallAsync(wire);
        AssertRolledBack(result, reason);
    }

    private static void AssertRolledBack(FatScopeResult result, string reason)
    {
        Assert.Equal(FatOutcome.RolledBack, result.Outcome);
        Assert.Contains(reason, Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
    }

    private static async Task<(FatScopeResult Result, Exception? Thrown, CancellationToken Aborted)> CallAsync(
        Wire wire,
        FatServiceRegisterAttribute? attribute = null,
        Action? before = null,
        Action<HttpClient>? configure = null,
        bool synchronous = false,
        CancellationToken? own = null)
    {
        await using var orders = await Service.StartAsync(
            "orders", services => services.AddStockClient(wire).ConfigureHttpClient(http => configure?.Invoke(http)).AddFatPropagation());
        Exception? thrown = null;
        CancellationToken aborted = default;
        var result = await orders.BeginAsync(
            async () =>
            {
                aborted = FatContext.Current!.Aborted;
                before?.Invoke();
                thrown = synchronous
                    ? Record.Exception(() => SendSynchronously(orders.Stock().Http, own ?? TestContext.Current.CancellationToken))
                    : await Record.ExceptionAsync(async () => (await orders.Stock().ReserveAsync(own)).Dispose());
            },
            attribute);
        return (result, thrown, aborted);
    }

    private static void SendSynchronously(HttpClient http, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "/reserve?token=secret");
        using var response = http.Send(request, cancellationToken);
    }
}
