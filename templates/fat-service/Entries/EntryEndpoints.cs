using Fat;
using Microsoft.EntityFrameworkCore;

namespace SampleService.Entries;

public static class EntryEndpoints
{
    public static void MapEntries(this IEndpointRouteBuilder endpoints)
    {
        endpoints.MapPost("/entries", AddAsync);
        endpoints.MapGet("/entries", (EntriesContext context, CancellationToken cancellationToken) =>
            context.Entries.OrderBy(entry => entry.Name).ToListAsync(cancellationToken));
    }

    // Called by a client it begins a group, called by a service in a group it takes part in that one.
    // When the group's client is answered 200, every service has committed; when 409, none has.
    [FatServiceRegister]
    private static async Task<Entry> AddAsync(NewEntry wanted, IEntryService entries, NextService next, CancellationToken cancellationToken)
    {
        if (next.IsConfigured)
            await next.AddAsync(wanted.Name, cancellationToken);
        return await entries.AddAsync(wanted.Name, cancellationToken);
    }
}
