using Fat;
using Microsoft.Extensions.Configuration;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds Fat to an application.</summary>
public static class FatServiceCollectionExtensions
{
    /// <summary>Adds Fat with the settings of section <c>Fat</c>.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configuration">The application's configuration (its section <c>Fat</c> is read) or that section itself.</param>
    /// <param name="configure">Settings in code, applied last.</param>
    public static IFatBuilder AddFat(
        this IServiceCollection services, IConfiguration configuration, Action<FatOptions>? configure = null) =>
        throw new NotSupportedException();

    /// <summary>Adds Fat with settings in code only.</summary>
    /// <param name="services">The services.</param>
    /// <param name="configure">The settings.</param>
    public static IFatBuilder AddFat(this IServiceCollection services, Action<FatOptions>? configure = null) =>
        throw new NotSupportedException();
}
