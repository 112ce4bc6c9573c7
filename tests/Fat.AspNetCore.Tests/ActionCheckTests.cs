using System.Reflection;
using Fat.AspNetCore.Tests.Support;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Mvc.Controllers;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore.Tests;

/// <summary>[FatTransaction] on an endpoint would silently do nothing, so it is refused.</summary>
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
