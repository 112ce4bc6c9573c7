using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Fat.Protocol;

namespace Fat.Context;

/// <summary>
/// What a called scope tells its caller. Well: <c>1;ok;scope;pending calls;branches</c> (see <see cref="BranchList"/>).
/// Failed: <c>1;failed;service;method;reason</c>, percent-encoded.
/// </summary>
internal abstract record RemoteReply
{
    private RemoteReply()
    {
    }

    public abstract string Format();

    public static bool TryParse(string text, [NotNullWhen(true)] out RemoteReply? reply)
    {
        reply = null;
        if (text.Length > FatRemoteFields.MaxLength)
            return false;
        reply = text.Split(';') switch
        {
            ["1", "none"] => new NotAParticipant(),
            ["1", "failed", var service, var method, var reason] => new Failed(AbortReason.Of(
                Uri.UnescapeDataString(service), Uri.UnescapeDataString(method), Uri.UnescapeDataString(reason))),
            ["1", "ok", var scope, var pending, var branches] => ParseAnswered(scope, pending, branches),
            _ => null,
        };
        return reply is not null;
    }

    private static Answered? ParseAnswered(string scopeText, string pendingText, string branchesText)
    {
        if (!ScopeId.TryParse(scopeText, out var scope) || BranchList.Parse(branchesText) is not { } branches)
            return null;
        var pending = ImmutableArray.CreateBuilder<CallId>();
        foreach (var text in pendingText.Split(',', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!CallId.TryParse(text, out var call))
                return null;
            pending.Add(call);
        }

        return new Answered(scope, pending.ToImmutable(), branches);
    }

    /// <summary>The called endpoint takes no part in groups.</summary>
    public sealed record NotAParticipant : RemoteReply
    {
        public override string Format() => FatRemoteFields.NotAParticipant;
    }

    /// <summary>The scope did its part; these are its branches and those of every scope below it.</summary>
    public sealed record Answered(ScopeId Scope, ImmutableArray<CallId> PendingCalls, ImmutableArray<BranchVote> Branches) : RemoteReply
    {
        public override string Format() => $"1;ok;{Scope};{string.Join(',', PendingCalls)};{BranchList.Format(Branches)}";
    }

    /// <summary>The scope failed and the group has to roll back.</summary>
    public sealed record Failed(AbortReason Reason) : RemoteReply
    {
        public override string Format()
        {
            // A reason that came from elsewhere may never have been cut; percent-encoding makes up to nine characters of one.
            var reason = AbortReason.Of(Reason.Service, Reason.Method, Reason.Reason);
            for (var length = AbortReason.MaxLength; ; length /= 2)
            {
                reason = reason.Shortened(length);
                var text = $"1;failed;{Encode(reason.Service)};{Encode(reason.Method)};{Encode(reason.Reason)}";
                if (text.Length <= FatRemoteFields.MaxLength)
                    return text;
            }
        }

        private static string Encode(string text) => Uri.EscapeDataString(text);
    }
}
