using Fat.Protocol;

namespace Fat.Messages;

/// <summary>Begins messages.</summary>
internal sealed class MessageMaker(MessageCenter center, Topics topics, BranchCaller caller, Submission submission) : IFatMessages
{
    public FatMessage New(string? gid = null)
    {
        if (gid is null)
            return new MessageBuilder(MessageId.New(center.Node.Time.GetUtcNow()), center, topics, caller, submission);
        return MessageId.TryParse(gid, out var id) && !id.IsOwn
            ? new MessageBuilder(id, center, topics, caller, submission)
            : throw new ArgumentException($"'{gid}' is not a valid id of a message: use 1 to {MessageId.MaxLength} of A-Z a-z 0-9 . _ : ~ -, and do not begin with m~, as Fat's own do.", nameof(gid));
    }
}
