namespace Fat.Testing;

/// <summary>The service was killed while the test waited for its answer.</summary>
/// <param name="service">The service.</param>
public sealed class FatTestKilledException(string service) : Exception($"'{service}' was killed before it answered.")
{
    /// <summary>The service.</summary>
    public string Service { get; } = service;
}
