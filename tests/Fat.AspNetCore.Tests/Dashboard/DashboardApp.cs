using System.Net;
using System.Security.Claims;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>An application on Kestrel with the dashboard over a <see cref="Dashboard.Desk"/>, and a browser's cookies.</summary>
internal sealed class DashboardApp : IAsyncDisposable
{
    /// <summary>A request that says so comes from this address, as far as the application sees.</summary>
    public const string RemoteHeader = "test-remote";

    /// <summary>A request that says so is of this user.</summary>
    public const string UserHeader = "test-user";

    private readonly TestApp _app;

    private DashboardApp(TestApp app, Desk desk, IReadOnlyList<RouteEndpoint> endpoints, string root)
    {
        (_app, Desk, Endpoints, Root) = (app, desk, endpoints, new Uri(app.Client.BaseAddress!, root));
        Client = NewClient();
    }

    public Desk Desk { get; }

    /// <summary>What is mapped.</summary>
    public IReadOnlyList<RouteEndpoint> Endpoints { get; }

    /// <summary>Where the page is, with its slash.</summary>
    public Uri Root { get; }

    public HttpClient Client { get; }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public static Task<DashboardApp> StartAsync(Action<FatDashboardOptions>? options = null, Action<IEndpointConventionBuilder>? conventions = null) =>
        StartAsync("/fat", "/fat/", options, conventions);

    /// <summary>With people who sign in, and a policy "operators" for those whose name does not begin with "guest".</summary>
    public static Task<DashboardApp> StartWithUsersAsync(Action<FatDashboardOptions>? options = null) => StartAsync(
        settings =>
        {
            settings.RequireAuthorization("operators");
            options?.Invoke(settings);
        });

    public static async Task<DashboardApp> StartAsync(
        string prefix, string root, Action<FatDashboardOptions>? options = null, Action<IEndpointConventionBuilder>? conventions = null, Action<WebApplication>? before = null, Desk? desk = null)
    {
        var played = desk ?? new Desk();
        List<RouteEndpoint> endpoints = [];
        var app = await TestApp.StartAsync(
            Server.Kestrel,
            web =>
            {
                before?.Invoke(web);
                web.Use((http, next) =>
                {
                    if (http.Request.Headers[RemoteHeader].ToString() is { Length: > 0 } remote)
                        http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
                    return next(http);
                });
                web.UseRouting();
                web.UseAuthentication();
                web.UseAuthorization();
                var mapped = web.MapFatDashboard(prefix, options);
                conventions?.Invoke(mapped);
                endpoints.AddRange(((IEndpointRouteBuilder)web).DataSources.SelectMany(source => source.Endpoints).OfType<RouteEndpoint>());
            },
            services =>
            {
                services.AddSingleton<IDataProtectionProvider>(new EphemeralDataProtectionProvider());
                services.AddAuthentication("test").AddScheme<AuthenticationSchemeOptions, UserScheme>("test", null);
                services.AddAuthorizationBuilder().AddPolicy("operators", policy => policy.RequireAssertion(context => context.User.Identity is { IsAuthenticated: true, Name: { } name } && !name.StartsWith("guest", StringComparison.Ordinal)));
                services.AddFat(settings => settings.ServiceName = "shop").UseInMemoryRegistry();
                services.AddSingleton<IFatMonitor>(played);
                services.AddSingleton<IFatAudit>(played);
                services.AddSingleton<IFatAdmin>(played);
                services.AddSingleton<IFatMessageAdmin>(played);
            });
        return new DashboardApp(app, played, endpoints, root);
    }

    /// <summary>A browser with cookies of its own.</summary>
    public HttpClient NewClient(string? user = null)
    {
        var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false }) { BaseAddress = Root };
        if (user is not null)
            client.DefaultRequestHeaders.Add(UserHeader, user);
        return client;
    }

    public static Uri At(string address) => new(address, UriKind.Relative);

    public async Task<JsonElement> GetAsync(string address, HttpClient? client = null)
    {
        using var answer = await (client ?? Client).GetAsync(At(address), Stop);
        var text = await answer.Content.ReadAsStringAsync(Stop);
        Assert.True(answer.StatusCode == HttpStatusCode.OK, $"{answer.StatusCode}: {text}");
        Assert.Equal("application/json", answer.Content.Headers.ContentType?.MediaType);
        return JsonElement.Parse(text);
    }

    /// <summary>The token of a session; its cookie is the client's.</summary>
    public async Task<string> TokenAsync(HttpClient? client = null) => (await GetAsync("api/session", client)).GetProperty("token").GetString()!;

    public static HttpRequestMessage Post(string address, string body, string? token, string mediaType = "application/json")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, At(address)) { Content = new StringContent(body, Encoding.UTF8, mediaType) };
        if (token is not null)
            request.Headers.Add("X-Fat-Token", token);
        return request;
    }

    public async Task<HttpResponseMessage> ActAsync(string address, string body, HttpClient? client = null) =>
        await (client ?? Client).SendAsync(Post(address, body, await TokenAsync(client)), Stop);

    /// <summary>Refused with a problem; nothing was done.</summary>
    public async Task<Problem> RefusesAsync(HttpStatusCode status, HttpRequestMessage request, HttpClient? client = null)
    {
        using var answer = await (client ?? Client).SendAsync(request, Stop);
        var problem = await Problem.OfAsync(answer);
        Assert.True(answer.StatusCode == status, $"{answer.StatusCode}: {problem.Body}");
        Assert.Equal(("application/problem+json", (int)status), (problem.MediaType, problem.Body.GetProperty("status").GetInt32()));
        Assert.False(string.IsNullOrEmpty(problem["detail"]));
        Assert.Empty(Desk.Done);
        return problem;
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await _app.DisposeAsync();
    }

    /// <summary>Believes the header.</summary>
    private sealed class UserScheme(IOptionsMonitor<AuthenticationSchemeOptions> options, ILoggerFactory logger, UrlEncoder encoder) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
    {
        protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(
            Request.Headers[UserHeader].ToString() is { Length: > 0 } user
                ? AuthenticateResult.Success(new AuthenticationTicket(new ClaimsPrincipal(new ClaimsIdentity([new Claim(ClaimTypes.Name, user)], "test")), "test"))
                : AuthenticateResult.NoResult());
    }
}
