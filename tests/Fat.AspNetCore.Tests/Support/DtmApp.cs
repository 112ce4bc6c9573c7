using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>An application that is a DTM server, keeps its transactions in memory, and has the branches that it calls itself.</summary>
internal sealed class DtmApp(TestApp app, ConcurrentQueue<string> calls, string prefix) : IAsyncDisposable
{
    public HttpClient Client => app.Client;

    /// <summary>What came to the branches: method, path, query in DTM's order, body.</summary>
    public ConcurrentQueue<string> Calls => calls;

    public static async Task<DtmApp> StartAsync(
        Action<FatOptions>? options = null, Action<IServiceCollection>? services = null, Action<IEndpointConventionBuilder>? conventions = null, string? prefix = null)
    {
        var calls = new ConcurrentQueue<string>();
        var app = await TestApp.StartAsync(
            Server.Kestrel,
            web =>
            {
                var endpoints = prefix is null ? web.MapFatDtm() : web.MapFatDtm(prefix);
                conventions?.Invoke(endpoints);
                web.Map("/branch/{name}", async (HttpContext http, string name) =>
                {
                    using var reader = new StreamReader(http.Request.Body);
                    var query = http.Request.Query;
                    calls.Enqueue($"{http.Request.Method} {name} {query["trans_type"]} {query["branch_id"]} {query["op"]} {await reader.ReadToEndAsync(http.RequestAborted)}".TrimEnd());
                    return name.StartsWith("no", StringComparison.Ordinal) ? Results.Text("FAILURE: sold out", statusCode: 409) : Results.Text("SUCCESS");
                });
            },
            added =>
            {
                services?.Invoke(added);
                added.AddFat(settings =>
                {
                    settings.ServiceName = "dtm";
                    settings.Messages.RetryInterval = TimeSpan.FromMilliseconds(100);
                    options?.Invoke(settings);
                }).UseInMemoryRegistry().AddDtmServer();
            });
        return new DtmApp(app, calls, prefix ?? "/api/dtmsvr");
    }

    public string Url(string branch) => new Uri(Client.BaseAddress!, $"/branch/{branch}").AbsoluteUri;

    public Uri Path(string request) => new($"{prefix}/{request}", UriKind.Relative);

    public async Task<JsonElement> GetAsync(string request)
    {
        using var answer = await Client.GetAsync(Path(request), TestContext.Current.CancellationToken);
        Assert.Equal((HttpStatusCode.OK, "application/json"), (answer.StatusCode, answer.Content.Headers.ContentType?.MediaType));
        return JsonDocument.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).RootElement;
    }

    public Task<HttpResponseMessage> PostAsync(string request, string body) =>
        Client.PostAsync(Path(request), new StringContent(body, Encoding.UTF8, "application/json"), TestContext.Current.CancellationToken);

    public async Task RepliesAsync(string request, string body, HttpStatusCode status, string result, string? message)
    {
        using var answer = await PostAsync(request, body);
        var text = await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {text}");
        var reply = JsonDocument.Parse(text).RootElement;
        Assert.Equal(result, reply.GetProperty("dtm_result").GetString());
        if (message is null)
            Assert.False(reply.TryGetProperty("message", out _));
        else
            Assert.Contains(message, reply.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
