namespace Fat.Registry;

/// <summary>The registry could not be reached, refused, or did not answer in time.</summary>
internal sealed class RegistryUnavailableException(string operation, Exception innerException)
    : Exception($"The registry did not do '{operation}': {innerException.Message}", innerException);
