using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>Where in an interval a process does what all processes do, so that a thousand of them do not do it at the same moment.</summary>
internal static class Spread
{
    private const uint FnvOffset = 2166136261;
    private const uint FnvPrime = 16777619;
    private const int Shift = 8;

    /// <summary>From 0 to below 1, by the random part of the process's id: a simulation that is played again has the same.</summary>
    public static double Of(InstanceId instance, string what)
    {
        var hash = FnvOffset;
        foreach (var letter in instance.Text.Concat(what))
            hash = unchecked((hash ^ letter) * FnvPrime);
        return (hash >> Shift) / (double)(1u << (32 - Shift));
    }
}
