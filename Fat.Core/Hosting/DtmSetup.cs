using Fat.Dtm;
using Fat.Messages;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Hosting;

/// <summary>Chooses where the transactions of DTM's clients are kept.</summary>
internal static class DtmSetup
{
    /// <exception cref="FatConfigurationException">There is no database for them, and the registry is not in memory.</exception>
    public static IDtmStore Store(IServiceProvider services)
    {
        var center = services.GetRequiredService<MessageCenter>();
        if (center.Stores.Default is { } rows)
            return new DtmRows(rows, center.Node.Service);
        return services.GetRequiredService<FatRegistrations>().InMemoryRegistry
            ? new DtmMemory(center.Node.Time, center.Options.EndedKept)
            : throw new FatConfigurationException(
                "AddDtmServer() needs a database for its transactions, which Redis alone could lose: declare one with AddDbContext or AddDatabase behind AddFat(...).");
    }
}
