using Fat.Context;
using Fat.Protocol;

namespace Fat.Coordination;

/// <summary>A call that a scope made, and how it came back.</summary>
internal sealed class ScopeCall(Scope scope, CallId call, string target, IReadOnlyDictionary<string, string> fields) : FatRemoteCall
{
    public override IReadOnlyDictionary<string, string> Fields => fields;

    public override void Answered(IReadOnlyDictionary<string, string> reply)
    {
        switch (Parse(reply))
        {
            case RemoteReply.NotAParticipant:
                scope.CallWasStrange(call);
                break;
            case RemoteReply.Answered answered when answered.Scope.Call == call:
                scope.Apply(new GroupEvent.CallAnswered(call, answered.Scope, answered.Branches, answered.PendingCalls));
                break;
            case RemoteReply.Failed failed:
                scope.Apply(new GroupEvent.CallFailed(call, failed.Reason));
                break;
            default:
                Fail($"{target} answered without a {FatRemoteFields.Reply} field that fits this call, so what it did is not known. " +
                     "Is app.UseFat() missing there, or does a proxy remove the field? Calls that take no part belong on a client " +
                     "without AddFatPropagation(), or inside FatContext.Suppress().");
                break;
        }
    }

    public override void Failed(string reason, IReadOnlyDictionary<string, string>? reply = null)
    {
        if (reply is not null && Parse(reply) is RemoteReply.Failed failed)
            scope.Apply(new GroupEvent.CallFailed(call, failed.Reason));
        else
            Fail($"The call to {target} failed: {reason}");
    }

    private static RemoteReply? Parse(IReadOnlyDictionary<string, string> reply)
    {
        foreach (var field in reply)
        {
            if (string.Equals(field.Key, FatRemoteFields.Reply, StringComparison.OrdinalIgnoreCase))
                return RemoteReply.TryParse(field.Value, out var parsed) ? parsed : null;
        }

        return null;
    }

    private void Fail(string reason) =>
        scope.Apply(new GroupEvent.CallFailed(call, AbortReason.Of(scope.Node.Service.Text, scope.Request.Name, reason)));
}
