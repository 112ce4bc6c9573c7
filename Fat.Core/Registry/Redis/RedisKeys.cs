using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// The names of the keys. Braces mark what Redis Cluster hashes: all of a group sits in one slot, and so do the two keys of
/// an index, all of a queue of work, and all messages of a service. No name can contain a brace, so a key without them is hashed whole.
/// </summary>
internal sealed class RedisKeys
{
    private readonly string _prefix;

    public RedisKeys(string prefix)
    {
        if (prefix.Length > 20 || !FatName.TryParse(prefix, out _))
            throw new FatConfigurationException($"'{prefix}' is not a valid Fat:Redis:KeyPrefix: use 1 to 20 of A-Z a-z 0-9 . _ -");
        _prefix = prefix;
    }

    public RedisKey Instances => $"{_prefix}:instances";

    public RedisKey Group(GroupId gid) => $"{_prefix}:{{{gid}}}";

    public RedisKey Inbox(InstanceId instance) => $"{_prefix}:inbox:{instance.Text}";

    public RedisKey Resolve(FatName service) => $"{_prefix}:resolve:{service.Text}";

    public RedisKey Open(FatName service) => $"{_prefix}:open:{{{service.Text}}}";

    public RedisKey OpenDatabases(FatName service) => $"{_prefix}:open:{{{service.Text}}}:databases";

    public RedisKey Topics => $"{_prefix}:{{topics}}";

    public RedisKey Topic(FatName topic) => $"{_prefix}:{{topics}}:{topic.Text}";

    /// <summary>The keys of a queue of work, in the order in which its scripts take them.</summary>
    public RedisKey[] Queue(QueueName queue)
    {
        var head = $"{_prefix}:q:{{{queue.Text}}}";
        return
        [
            $"{head}:pieces", $"{head}:ready", $"{head}:later", $"{head}:taken", $"{head}:aside", $"{head}:holders", $"{head}:waiting",
            $"{head}:idle", $"{head}:number",
        ];
    }

    public RedisKey Message(FatName service, MessageId id) => $"{_prefix}:m:{{{service.Text}}}:{id.Text}";

    /// <summary>When to ask for the local transactions of prepared messages.</summary>
    public RedisKey AskedMessages(FatName service) => $"{_prefix}:messages:{{{service.Text}}}:asked";

    public RedisKey MessageDatabases(FatName service) => $"{_prefix}:messages:{{{service.Text}}}:databases";

    /// <summary>The messages whose rows can go, by when to hand them out.</summary>
    public RedisKey EndedMessages(FatName service) => $"{_prefix}:messages:{{{service.Text}}}:rows";

    public RedisKey Messages(FatName service, MessageState state) => $"{_prefix}:messages:{{{service.Text}}}:{RedisMessageText.Of(state)}";

    /// <summary>The lists of the messages of a service and the records of some, in the order in which the scripts that change them take them.</summary>
    public RedisKey[] Messages(FatName service, IEnumerable<MessageId> ids) =>
    [
        Messages(service, MessageState.Prepared), AskedMessages(service), MessageDatabases(service), Messages(service, MessageState.Submitted),
        Messages(service, MessageState.Failed), Messages(service, MessageState.Consumed), Messages(service, MessageState.Cancelled), EndedMessages(service),
        .. ids.Select(id => Message(service, id)),
    ];

    /// <summary>The services that had ended groups.</summary>
    public RedisKey PastServices => $"{_prefix}:past";

    /// <summary>The records of the ended groups of a service.</summary>
    public RedisKey PastGroups(FatName service) => $"{_prefix}:past:{{{service.Text}}}:groups";

    /// <summary>Those that ended so, by their end.</summary>
    public RedisKey Past(FatName service, PastOutcome outcome) => $"{_prefix}:past:{{{service.Text}}}:{RedisHistoryText.Of(outcome)}";

    /// <summary>How many groups of a service ended in a step.</summary>
    public RedisKey Count(FatName service, PastStep step, long number) => $"{_prefix}:count:{{{service.Text}}}:{RedisHistoryText.Of(step)}:{number}";

    /// <summary>How a process says that it is.</summary>
    public RedisKey Status(InstanceId instance) => $"{_prefix}:instance:{instance.Text}";
}
