using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace Fat.AspNetCore.Tests;

/// <summary>Over HTTP the trace travels by itself, and Fat's own field stays at home.</summary>
public sealed class TraceTests
{
    [Fact]
    public async Task AGroupOverHttpIsOneTrace()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener();
        listener.ShouldListenTo = source => source.Name is "Fat" or "Microsoft.AspNetCore" or "System.Net.Http";
        listener.Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded;
        listener.ActivityStopped = spans.Enqueue;
        ActivitySource.AddActivityListener(listener);
        List<string> sent = [];
        await using var stock = await RealService.StartAsync("stock", app => app.MapPost("/reserve", [FatServiceRegister] (HttpRequest request) =>
        {
            sent = [.. request.Headers.Keys];
            return "reserved";
        }));
        await using var orders = await RealService.StartAsync(
            "orders",
            app => app.MapPost("/orders", [FatServiceRegister] async (IHttpClientFactory clients) =>
            {
                using var response = await clients.CreateClient("stock").PostAsync(new Uri("/reserve", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
                return await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
            }),
            calls: ("stock", stock));

        using var answer = await orders.Client.PostAsync(new Uri("/orders", UriKind.Relative), content: null, TestContext.Current.CancellationToken);
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Contains("traceparent", sent, StringComparer.OrdinalIgnoreCase);
        Assert.DoesNotContain(FatRemoteFields.Trace, sent, StringComparer.OrdinalIgnoreCase);

        var group = Assert.Single(spans, span => span.OperationName == "fat.group");
        var scope = Assert.Single(spans, span => span.OperationName == "fat.scope");
        Assert.Equal((group.TraceId, group.GetTagItem("fat.gid")), (scope.TraceId, scope.GetTagItem("fat.gid")));

        // Root, HttpClient, the other service's request, its scope: each the parent of the next one.
        var request = Assert.Single(spans, span => span.SpanId == scope.ParentSpanId);
        var call = Assert.Single(spans, span => span.SpanId == request.ParentSpanId);
        Assert.Equal(("Microsoft.AspNetCore", "System.Net.Http"), (request.Source.Name, call.Source.Name));
        Assert.Equal(group.SpanId, call.ParentSpanId);
    }
}
