using Fat;

namespace SampleService.Entries;

public sealed class EntryService(EntriesContext context) : IEntryService
{
    // One local transaction. In a group it commits if and only if the whole group does.
    // Other services are called outside of it: a call in here would hold this transaction's locks meanwhile.
    [FatTransaction]
    public async Task<Entry> AddAsync(string name, CancellationToken cancellationToken)
    {
        var entry = context.Entries.Add(new Entry { Name = name }).Entity;
        await context.SaveChangesAsync(cancellationToken);
        return entry;
    }
}
