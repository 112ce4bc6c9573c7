using Fat.Refit;
using Microsoft.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets HTTP clients carry the current group.</summary>
public static class FatHttpClientBuilderExtensions
{
    /// <summary>
    /// Calls that this client makes inside a group carry the group to the called service, and the service's branches become
    /// part of the group. Outside of any group requests are not touched. Works on what <c>AddHttpClient</c>,
    /// <c>AddRefitClient</c> and <c>ConfigureHttpClientDefaults</c> return. Calling it again adds nothing, but the pinning of instances.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="pinInstances">Whether later calls of a scope go to the instance that answered first (<see cref="FatPropagationHandler.PinInstances"/>).</param>
    /// <remarks>
    /// <para>
    /// Call it <b>before</b> a resilience or retry handler is added. Handlers added earlier are further out, so every attempt of the retry then
    /// carries the same call id: an attempt that never reached the service can be repeated, and the service refuses to
    /// run a second time one that did. When it is called <b>after</b> a retry handler, each attempt is a call of its own, and since a failed call
    /// aborts the group, the retry cannot save it: repeat the whole transaction instead, outside of the group.
    /// </para>
    /// <para>
    /// The group's context is sent to whatever address the client calls, redirects included: add this to clients of your own services only.
    /// </para>
    /// <para>
    /// A redirect that the primary handler follows fails the call, and with it the group: the answer that is seen is not that of the service that
    /// was called, whose branches would be lost. Set <c>AllowAutoRedirect = false</c> on the primary handler to see such answers instead.
    /// </para>
    /// </remarks>
    public static IHttpClientBuilder AddFatPropagation(this IHttpClientBuilder builder, bool pinInstances = false)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Services.PostConfigure<HttpClientFactoryOptions>(builder.Name, static options => options.HttpMessageHandlerBuilderActions.Add(Watch));
        return builder.ConfigureAdditionalHttpMessageHandlers((handlers, _) =>
        {
            if (handlers.OfType<FatPropagationHandler>().FirstOrDefault() is { } added)
                added.PinInstances |= pinInstances;
            else
                handlers.Add(new FatPropagationHandler { PinInstances = pinInstances });
        });
    }

    /// <summary>After all that was configured, so that no handler is further in.</summary>
    private static void Watch(HttpMessageHandlerBuilder client)
    {
        if (!client.AdditionalHandlers.OfType<AnswerWatch>().Any())
            client.AdditionalHandlers.Add(new AnswerWatch());
    }
}
