using System.Reflection;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests;

/// <summary>[FatTransaction] on an endpoint, and [FatServiceRegister] on a page's handler, would silently do nothing, so they are refused.</summary>
public sealed class ActionCheckTests
{
    [Fact]
    public async Task OnAControllerActionTheApplicationDoesNotStart()
    {
        var builder = WebApplication.CreateBuilder();
        builder.Services.AddFat(options => options.ServiceName = "orders").UseInMemoryRegistry();
        builder.Services.AddControllers().ConfigureApplicationPartManager(parts =>
        {
            parts.FeatureProviders.Clear();
            parts.FeatureProviders.Add(new Only(typeof(Misplaced)));
        });
        await using var app = builder.Build();

        var thrown = Assert.Throws<FatConfigurationException>(() => app.UseFat());

        Assert.Contains("Misplaced.Place", thrown.Message, StringComparison.Ordinal);
        Assert.Contains("AddTransactional", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OnAMinimalHandlerItsRequestsFail()
    {
        var ran = false;
        Exception? seen = null;
        await using var app = await RealService.StartAsync("orders", app =>
        {
            app.MapPost("/orders", [FatTransaction] () => ran = true);
        }, before: app => app.Use(async (context, next) =>
        {
            seen = await Record.ExceptionAsync(() => next(context));
            context.Response.StatusCode = StatusCodes.Status500InternalServerError;
        }));

        using var answer = await app.Client.PostAsync(new Uri("/orders", UriKind.Relative), null, TestContext.Current.CancellationToken);

        Assert.False(ran);
        Assert.Contains("[FatTransaction]", Assert.IsType<FatConfigurationException>(seen).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/Fine", null)]
    [InlineData("/Scope", "[FatServiceRegister]")]
    [InlineData("/Transaction", "[FatTransaction]")]
    public async Task OnAPagesHandlerItsRequestsFail(string path, string? refused)
    {
        Exception? seen = null;
        var scopes = new ScriptedScopes();
        await using var app = await TestApp.StartAsync(
            Server.InMemory,
            app =>
            {
                app.Use(async (context, next) => seen = await Record.ExceptionAsync(() => next(context)));
                app.UseFat();
                app.MapRazorPages();
            },
            services => services.AddSingleton<IFatScopes>(scopes).AddRazorPages().ConfigureApplicationPartManager(parts =>
            {
                parts.ApplicationParts.Add(new CompiledPage("/Pages/Fine.cshtml", typeof(PageOf<Fine>)));
                parts.ApplicationParts.Add(new CompiledPage("/Pages/Scope.cshtml", typeof(PageOf<Scope>)));
                parts.ApplicationParts.Add(new CompiledPage("/Pages/Transaction.cshtml", typeof(PageOf<Transaction>)));
            }));

        using var answer = await app.Client.GetAsync(new Uri(path, UriKind.Relative), TestContext.Current.CancellationToken);

        if (refused is null)
        {
            Assert.Null(seen);
            Assert.Equal("done", await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
            Assert.Single(scopes.Entered);
        }
        else
        {
            var message = Assert.IsType<FatConfigurationException>(seen).Message;
            Assert.Contains($"{path[1..]}.OnGet", message, StringComparison.Ordinal);
            Assert.Contains(refused, message, StringComparison.Ordinal);
        }
    }

    private sealed class PageOf<T> : Page
        where T : PageModel
    {
        public T Model => (T)PageContext.ViewData.Model!;

        public override Task ExecuteAsync() => Task.CompletedTask;
    }

    [FatServiceRegister]
    private sealed class Fine : PageModel
    {
        public ContentResult OnGet() => Content("done");
    }

    private sealed class Scope : PageModel
    {
        [FatServiceRegister]
        public ContentResult OnGet() => Content("done");

        public ContentResult OnPost() => Content("done");
    }

    private sealed class Transaction : PageModel
    {
        [FatTransaction]
        public ContentResult OnGet() => Content("done");
    }

    private sealed class Only(Type type) : IApplicationFeatureProvider<ControllerFeature>
    {
        public void PopulateFeature(IEnumerable<ApplicationPart> parts, ControllerFeature feature) => feature.Controllers.Add(type.GetTypeInfo());
    }

    [NonController]
    private sealed class Misplaced : ControllerBase
    {
        [HttpPost("/misplaced"), FatServiceRegister, FatTransaction]
        public OkResult Place() => Ok();
    }
}
