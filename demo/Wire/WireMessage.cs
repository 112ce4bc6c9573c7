using System.Text.Json;

namespace Wire;

/// <summary>What travels in one frame, there or back.</summary>
/// <param name="Body">The request; nothing on the way back.</param>
/// <param name="Fields">What Fat sends along: the group on the way there, what the called scope did on the way back.</param>
/// <param name="Error">On the way back: what went wrong.</param>
internal sealed record WireMessage(JsonElement? Body, IReadOnlyDictionary<string, string>? Fields, string? Error = null);
