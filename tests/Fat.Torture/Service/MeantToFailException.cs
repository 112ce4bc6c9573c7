namespace Fat.Torture.Service;

/// <summary>Something fails because it is to.</summary>
internal sealed class MeantToFailException() : Exception("This was to fail.");
