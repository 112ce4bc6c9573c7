namespace Fat.AspNetCore;

/// <summary>
/// A mark on a request: it has been a scope. A pipeline that is executed again for the same request (an error page) must not
/// tell the caller that this service took no part.
/// </summary>
internal sealed class ScopeEntered
{
    public bool Over { get; set; }
}
