using Microsoft.AspNetCore.Mvc.Infrastructure;
using Microsoft.AspNetCore.Mvc.RazorPages;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore;

/// <summary>
/// Finds <c>[FatTransaction]</c> where no proxy can see it: on MVC actions, which are called directly. Such a method would run
/// without any transaction. Also both attributes on a page's handler, of which routing knows nothing: it chooses the page, and what stands on its class.
/// </summary>
internal static class ActionCheck
{
    /// <exception cref="FatConfigurationException">There is such an action.</exception>
    public static void Run(IServiceProvider services)
    {
        if (services.GetService<IActionDescriptorCollectionProvider>() is not { } actions)
            return;
        foreach (var action in actions.ActionDescriptors.Items)
        {
            if (action.EndpointMetadata.OfType<FatTransactionAttribute>().Any())
                throw new FatConfigurationException(Refusal(action.DisplayName ?? action.Id));
        }
    }

    /// <summary>A minimal-API handler is known with its first request only, and so are a page's.</summary>
    /// <exception cref="FatConfigurationException">The endpoint carries the attribute.</exception>
    public static void Run(Microsoft.AspNetCore.Http.Endpoint endpoint)
    {
        if (endpoint.Metadata.GetMetadata<FatTransactionAttribute>() is not null)
            throw new FatConfigurationException(Refusal(endpoint.DisplayName ?? endpoint.ToString()!));
        if (endpoint.Metadata.GetMetadata<CompiledPageActionDescriptor>() is { } page)
            RunHandlers(page);
    }

    private static void RunHandlers(CompiledPageActionDescriptor page)
    {
        foreach (var handler in page.HandlerMethods)
        {
            var method = handler.MethodInfo;
            var name = $"{method.DeclaringType?.Name}.{method.Name}";
            if (method.IsDefined(typeof(FatTransactionAttribute), inherit: true))
                throw new FatConfigurationException(Refusal(name));
            if (method.IsDefined(typeof(FatServiceRegisterAttribute), inherit: true))
            {
                throw new FatConfigurationException(
                    $"'{name}' carries [FatServiceRegister] and is a page's handler, which routing does not know, so it would run without its scope. Put the attribute on the page model's class.");
            }
        }
    }

    private static string Refusal(string name) =>
        $"'{name}' carries [FatTransaction], and endpoints are not called through a proxy, so it would run without a transaction. " +
        "Keep [FatServiceRegister] on the endpoint and put [FatTransaction] on a method of a service registered with AddTransactional.";
}
