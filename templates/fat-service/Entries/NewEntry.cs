namespace SampleService.Entries;

public sealed record NewEntry(string Name);
