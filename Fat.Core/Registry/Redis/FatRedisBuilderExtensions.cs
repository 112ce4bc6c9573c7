using Fat.Registry.Redis;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace Fat;

/// <summary>Lets Fat use a connection that the application has already.</summary>
public static class FatRedisBuilderExtensions
{
    /// <summary>
    /// Sends Fat's commands through an existing multiplexer, which stays the application's. Fat opens one more connection of
    /// its own, for the pop that blocks, from the multiplexer's configuration.
    /// </summary>
    /// <param name="builder">The builder.</param>
    /// <param name="multiplexer">Finds the multiplexer.</param>
    public static IFatBuilder UseConnectionMultiplexer(this IFatBuilder builder, Func<IServiceProvider, IConnectionMultiplexer> multiplexer)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(multiplexer);
        builder.Services.AddSingleton(new SharedMultiplexer(multiplexer));
        return builder;
    }
}
