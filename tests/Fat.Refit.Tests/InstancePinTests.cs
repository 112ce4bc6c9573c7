using Fat.Refit.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Refit.Tests;

/// <summary>To which instance the later calls of a scope go.</summary>
public sealed class InstancePinTests
{
    private readonly List<(string Address, string? Host)> _arrived = [];

    [Theory]
    [InlineData("http://10.0.0.7:8080", "http://10.0.0.7:8080/reserve", "stock")]
    [InlineData(null, "http://stock/reserve", null)]
    [InlineData("https://10.0.0.7:8080", "http://stock/reserve", null)]
    [InlineData("http://me:secret@10.0.0.7:8080", "http://stock/reserve", null)]
    [InlineData("http://10.0.0.7:8080/elsewhere", "http://stock/reserve", null)]
    [InlineData("10.0.0.7", "http://stock/reserve", null)]
    public async Task TheSecondCallGoesToTheInstanceThatAnsweredTheFirst(string? tells, string then, string? host)
    {
        await using var stock = await Service.StartAsync("stock");
        await using var orders = await OrdersAsync(stock, tells, pinInstances: true);

        var result = await orders.BeginAsync(() => CallTwiceAsync(orders));

        Assert.Equal(FatOutcome.Committed, result.Outcome);
        Assert.Equal([("http://stock/reserve", null), (then, host)], _arrived);
    }

    [Fact]
    public async Task AnotherGroupIsNotPinned()
    {
        await using var stock = await Service.StartAsync("stock");
        await using var orders = await OrdersAsync(stock, "http://10.0.0.7:8080", pinInstances: true);

        await orders.BeginAsync(async () => (await orders.Stock().ReserveAsync()).Dispose());
        await orders.BeginAsync(async () => (await orders.Stock().ReserveAsync()).Dispose());

        Assert.All(_arrived, arrived => Assert.Equal("http://stock/reserve", arrived.Address));
    }

    [Fact]
    public async Task NothingIsPinnedUnlessItIsAskedFor()
    {
        await using var stock = await Service.StartAsync("stock");
        await using var orders = await OrdersAsync(stock, "http://10.0.0.7:8080", pinInstances: false);

        await orders.BeginAsync(() => CallTwiceAsync(orders));

        Assert.All(_arrived, arrived => Assert.Equal("http://stock/reserve", arrived.Address));
    }

    private static async Task CallTwiceAsync(Service orders)
    {
        (await orders.Stock().ReserveAsync()).Dispose();
        (await orders.Stock().ReserveAsync()).Dispose();
    }

    private Task<Service> OrdersAsync(Service stock, string? tells, bool pinInstances)
    {
        var participant = Wire.To(stock);
        var wire = new Wire(async (request, token) =>
        {
            _arrived.Add((request.RequestUri!.GetLeftPart(UriPartial.Path), request.Headers.Host));
            using var invoker = new HttpMessageInvoker(participant, disposeHandler: false);
            var response = await invoker.SendAsync(request, token);
            if (tells is not null)
                response.Headers.Add(FatRemoteFields.Address, tells);
            return response;
        });
        return Service.StartAsync("orders", services => services.AddStockClient(wire).AddFatPropagation(pinInstances));
    }
}
