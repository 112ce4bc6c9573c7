using Adapters;
using Fat.Core.Tests.World;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Adapters;

/// <summary>The interceptor of docs/adapters.md between two services: client, metadata, server, trailers, client.</summary>
public sealed class GrpcInterceptorTests(GroupWorld world) : IClassFixture<GroupWorld>
{
    private static readonly Method<Request, Response> Reserve = new("/shop.Stock/Reserve");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_is_called_commits_with_the_group()
    {
        var id = world.NextId();
        var seen = new List<Metadata>();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var answered = await CallAsync(id, seen: seen);
            Assert.Equal($"reserved {id}", answered.Text);
        });

        Assert.Null(result.Error);
        await world.Stock.SeesAsync(id, Stop);
        Assert.Equal("7", Assert.Single(seen).GetValue("tenant"));
        Assert.NotNull(seen[0].GetValue(FatRemoteFields.Context));
    }

    [Fact]
    public async Task What_is_called_rolls_back_with_the_group()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (_, _) =>
        {
            await CallAsync(id);
            throw new InvalidOperationException("No money.");
        });

        Assert.NotNull(result.Error);
        await world.NothingPreparedAsync(world.Stock);
        Assert.False(await world.Stock.HasAsync(id));
    }

    [Fact]
    public async Task A_failure_below_rolls_the_group_back_with_its_own_reason()
    {
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            var refused = await Assert.ThrowsAsync<RpcException>(() => CallAsync(id, fails: "No pieces."));
            Assert.Equal(StatusCode.Aborted, refused.Status.StatusCode);
        });

        var error = Assert.IsType<FatAbortedException>(result.Error);
        Assert.Equal("stock", error.Service);
        Assert.Contains("No pieces.", error.Reason, StringComparison.Ordinal);
        Assert.False(await world.Orders.HasAsync(id));
        Assert.False(await world.Stock.HasAsync(id));
    }

    [Fact]
    public async Task A_server_without_the_interceptor_fails_the_group()
    {
        var result = await world.Orders.RootAsync((_, _) => CallAsync(world.NextId(), intercepted: false));

        Assert.Contains("what it did is not known", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Behind_a_service_without_a_part_in_the_group_no_group_begins()
    {
        var id = world.NextId();
        using (var handled = FatUnjoinedCall.Enter("'GET /through' of gateway"))
        {
            await Assert.ThrowsAsync<RpcException>(() => CallAsync(id, begins: true));
            Assert.True(handled.IsRefused);
        }

        Assert.False(await world.Stock.HasAsync(id));
        using (var handled = FatUnjoinedCall.Enter("'GET /through' of gateway"))
        {
            await CallAsync(id);
            Assert.False(handled.IsRefused);
        }
    }

    [Fact]
    public async Task A_group_that_is_aborted_cancels_its_calls()
    {
        var result = await world.Orders.RootAsync(async (_, _) =>
        {
            var calling = CallAsync(world.NextId(), waits: true);
            FatContext.Current!.Abort("Enough.");
            await Assert.ThrowsAnyAsync<Exception>(() => calling);
        });

        Assert.Contains("Enough.", Assert.IsType<FatAbortedException>(result.Error).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_blocking_call_in_a_group_is_refused_and_outside_of_groups_nothing_is_sent()
    {
        var interceptor = Interceptor(world.Orders);
        var context = new ClientInterceptorContext<Request, Response>(Reserve, null, default);
        await world.Orders.RootAsync((_, _) =>
        {
            Assert.Throws<NotSupportedException>(() => interceptor.BlockingUnaryCall(new Request(1), context, (_, _) => new Response("never")));
            return Task.CompletedTask;
        });

        var (seen, id) = (new List<Metadata>(), world.NextId());
        Assert.Equal($"reserved {id}", (await CallAsync(id, seen: seen)).Text);
        Assert.Null(Assert.Single(seen).GetValue(FatRemoteFields.Context));
        Assert.True(await world.Stock.HasAsync(id));
    }

    private static FatGrpcInterceptor Interceptor(Service service) => new(service.Services.GetRequiredService<IFatScopes>());

    /// <summary>What a channel and a server do between the two interceptors.</summary>
    private async Task<Response> CallAsync(int id, string? fails = null, bool intercepted = true, bool waits = false, bool begins = false, List<Metadata>? seen = null)
    {
        var context = new ClientInterceptorContext<Request, Response>(Reserve, null, new CallOptions([new Metadata.Entry("tenant", "7")], cancellationToken: Stop));
        using var call = Interceptor(world.Orders).AsyncUnaryCall(new Request(id), context, (request, sent) =>
        {
            seen?.Add(sent.Options.Headers!);
            var arrived = new Arrived(sent.Method.FullName, sent.Options.Headers!, sent.Options.CancellationToken);
            return new AsyncUnaryCall<Response>(
                ServeAsync(request, arrived), Task.FromResult(new Metadata()), () => new Status(StatusCode.OK, string.Empty), () => arrived.ResponseTrailers, () => { });
        });
        return await call.ResponseAsync;

        async Task<Response> ServeAsync(Request request, Arrived arrived)
        {
            // Another process: nothing flows but the metadata.
            await Task.Yield();
            using var outside = FatContext.Suppress();
            try
            {
                return intercepted ? await Interceptor(world.Stock).UnaryServerHandler(request, arrived, ReserveAsync) : await ReserveAsync(request, arrived);
            }
            catch (RpcException refused)
            {
                throw new RpcException(refused.Status, arrived.ResponseTrailers);
            }
            catch (FatConfigurationException refused)
            {
                throw new RpcException(new Status(StatusCode.Unknown, refused.Message), arrived.ResponseTrailers);
            }
        }

        async Task<Response> ReserveAsync(Request request, ServerCallContext served)
        {
            if (waits)
                await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, served.CancellationToken);
            if (begins)
                await world.Stock.RootAsync((items, token) => items.AddAsync(request.Id, token));
            await using var scope = world.Stock.Services.CreateAsyncScope();
            await scope.ServiceProvider.GetRequiredService<IItems>().AddAsync(request.Id, served.CancellationToken);
            return fails is null ? new Response($"reserved {request.Id}") : throw new InvalidOperationException(fails);
        }
    }

    private sealed record Request(int Id);

    private sealed record Response(string Text);

    private sealed class Arrived(string method, Metadata headers, CancellationToken cancelled) : ServerCallContext
    {
        protected override string MethodCore => method;

        protected override Metadata RequestHeadersCore => headers;

        protected override Metadata ResponseTrailersCore { get; } = [];

        protected override CancellationToken CancellationTokenCore => cancelled;
    }
}
