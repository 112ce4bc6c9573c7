using Fat.Refit;
using Microsoft.Extensions.Http;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Lets HTTP clients carry the current group.</summary>
public static class FatHttpClientBuilderExtensions
{
    /// <summary>
    /// Calls that this client makes inside a group carry the group to the called service, and the service's branches become
    /// part of the group. Outside of any group requests are not touched (but see <see cref="FatPropagationHandler"/>). Works on what <c>AddHttpClient</c>,
    /// <c>AddRefitClient</c> and <c>ConfigureHttpClientDefaults</c> return. Calling it again adds nothing, but the pinning of instances.
    /// </summary>
    /// <param name="builder">The client.</param>
    /// <param name="pinInstances">Whether later calls of a scope go to the instance that answered first (<see cref="FatPropagationHandler.PinInstances"/>).</param>
    /// <remarks>
    /// <para>
    /// It is further out than the handlers that were added before, those of <c>ConfigureHttpClientDefaults</c> among them, and than those that are added behind it. So every attempt of a resilience or
    /// retry handler carries the same call id: an attempt that never reached the service can be repeated, and the service refuses to run a second time one that did. One that a participant answered with 400 or more
    /// (but 409, which a stopping instance answers as well) aborts the group at once, which cancels the handler's wait for the next. A handler that has to be further
    /// out, such as one that calls <see cref="Fat.FatContext.Suppress"/>, is put there behind this call, with <c>ConfigureAdditionalHttpMessageHandlers</c> and <c>Insert(0, …)</c>. Around a retry that
    /// stands there each attempt is a call of its own, and since a failed call aborts the group, the retry cannot save it.
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
                handlers.Insert(0, new FatPropagationHandler { PinInstances = pinInstances });
        });
    }

    /// <summary>After all that was configured, so that no handler is further in.</summary>
    private static void Watch(HttpMessageHandlerBuilder client)
    {
        if (!client.AdditionalHandlers.OfType<AnswerWatch>().Any())
            client.AdditionalHandlers.Add(new AnswerWatch());
    }
}
