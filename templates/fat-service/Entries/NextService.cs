namespace SampleService.Entries;

/// <summary>Another service of the same kind, whose work commits together with this one's: the setting Services:Next is its address.</summary>
public sealed class NextService(HttpClient http)
{
    public bool IsConfigured => http.BaseAddress is not null;

    public async Task AddAsync(string name, CancellationToken cancellationToken)
    {
        using var response = await http.PostAsJsonAsync("entries", new NewEntry(name), cancellationToken);
        response.EnsureSuccessStatusCode();
    }
}
