namespace Fat.Protocol;

/// <summary>A call that the group made: pending, or answered well by one scope.</summary>
internal sealed record KnownCall(CallId Id, string Target, bool Answered = false, ScopeId? Scope = null);
