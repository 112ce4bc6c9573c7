namespace SampleService.Entries;

public interface IEntryService
{
    Task<Entry> AddAsync(string name, CancellationToken cancellationToken);
}
