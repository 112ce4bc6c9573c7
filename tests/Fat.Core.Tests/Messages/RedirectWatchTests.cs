using System.Net;
using Fat.Messages;

namespace Fat.Core.Tests.Messages;

/// <summary>What counts as a redirect, when whoever sends changes the request as it follows one.</summary>
public sealed class RedirectWatchTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("POST", "http://stock/take?gid=1", null)]
    [InlineData("POST", "https://stock:8081/take?gid=1", null)]
    [InlineData("GET", "http://stock/take?gid=1", "GET http://stock/take")]
    [InlineData("POST", "http://stock/login?gid=1", "POST http://stock/login")]
    [InlineData("POST", "http://stock/take", "POST http://stock/take")]
    [InlineData("POST", "http://stock:81/take?gid=1", "POST http://stock:81/take")]
    [InlineData("POST", "https://other/take?gid=1", "POST https://other/take")]
    public async Task Another_method_or_place_is_a_redirect_and_https_is_not(string method, string arrived, string? target)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://stock/take?gid=1");
        using var client = new HttpMessageInvoker(new RedirectWatch { InnerHandler = new Sender(sent => (sent.Method, sent.RequestUri) = (new HttpMethod(method), new Uri(arrived))) });

        (await client.SendAsync(request, Stop)).Dispose();

        Assert.Equal(target, RedirectWatch.TargetOf(request));
    }

    [Fact]
    public async Task A_redirect_of_an_attempt_that_failed_is_not_forgotten_by_the_next()
    {
        var attempts = 0;
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://stock/take");
        using var client = new HttpMessageInvoker(new RedirectWatch
        {
            InnerHandler = new Sender(sent =>
            {
                (sent.Method, sent.RequestUri) = (HttpMethod.Get, new Uri("http://stock/login"));
                if (attempts++ == 0)
                    throw new HttpRequestException("Refused.");
            }),
        });
        await Assert.ThrowsAsync<HttpRequestException>(() => client.SendAsync(request, Stop));

        (await client.SendAsync(request, Stop)).Dispose();

        Assert.Equal("GET http://stock/login", RedirectWatch.TargetOf(request));
    }

    [Fact]
    public async Task An_address_that_a_handler_further_out_has_found_is_no_redirect()
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "http://stock/take");
        using var client = new HttpMessageInvoker(new Sender(sent => sent.RequestUri = new Uri("http://10.0.0.7/take")) { InnerHandler = new RedirectWatch { InnerHandler = new Sender(_ => { }) } });

        (await client.SendAsync(request, Stop)).Dispose();

        Assert.Null(RedirectWatch.TargetOf(request));
    }

    private sealed class Sender(Action<HttpRequestMessage> sends) : DelegatingHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            sends(request);
            return InnerHandler is null ? Task.FromResult(new HttpResponseMessage(HttpStatusCode.OK) { RequestMessage = request }) : base.SendAsync(request, cancellationToken);
        }
    }
}
