using Microsoft.AspNetCore.Authorization;

namespace Microsoft.AspNetCore.Builder;

/// <summary>Who may use the dashboard, and what it shows and does. Read once, while it is mapped.</summary>
public sealed class FatDashboardOptions
{
    private readonly List<IAuthorizeData> _authorization = [];

    /// <summary>Every action is refused, and the page offers none. Default: false.</summary>
    public bool ReadOnly { get; set; }

    /// <summary>Show the payloads of messages and the arguments of lost calls, which may be confidential. Default: true.</summary>
    public bool ShowPayloads { get; set; } = true;

    internal IReadOnlyList<IAuthorizeData> Authorization => _authorization;

    /// <summary>
    /// Lets in whoever satisfies these policies, all of them, and from anywhere. Without a policy only requests of this machine are answered.
    /// </summary>
    /// <param name="policies">Names of policies that the application has added (<c>AddAuthorization</c>); none for its default policy.</param>
    public void RequireAuthorization(params string[] policies)
    {
        ArgumentNullException.ThrowIfNull(policies);
        if (policies.Length == 0)
            _authorization.Add(new AuthorizeAttribute());
        _authorization.AddRange(policies.Select(static policy => new AuthorizeAttribute(policy)));
    }
}
