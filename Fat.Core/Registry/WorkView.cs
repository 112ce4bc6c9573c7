using System.Runtime.InteropServices;

namespace Fat.Registry;

/// <summary>How a piece of work stands.</summary>
/// <param name="Id">The piece.</param>
/// <param name="State">Its state.</param>
/// <param name="Failures">How often it has failed.</param>
/// <param name="Reason">Why it failed last, or null.</param>
/// <param name="Due">When it is due (<see cref="WorkState.Later"/>), when its lease ends (<see cref="WorkState.Taken"/>), or since when it is set aside, by the server's clock; else null.</param>
internal sealed record WorkView(string Id, WorkState State, int Failures, string? Reason, DateTimeOffset? Due);

/// <summary>The state of a piece of work.</summary>
internal enum WorkState
{
    /// <summary>It can be taken, or waits for another one of its key.</summary>
    Ready,

    /// <summary>It waits for its time.</summary>
    Later,

    /// <summary>Somebody holds it.</summary>
    Taken,

    /// <summary>It has failed for good and waits for an operator.</summary>
    SetAside,
}

/// <summary>How many pieces a queue has in each state.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct QueueCounts(long Ready, long Later, long Taken, long SetAside);
