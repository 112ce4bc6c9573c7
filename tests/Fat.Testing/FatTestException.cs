namespace Fat.Testing;

/// <summary>What the test expected is not so. The message tells the story of each group.</summary>
/// <param name="message">What was expected, what is, and how it came to that.</param>
public sealed class FatTestException(string message) : Exception(message);
