using Fat.Protocol;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// The names of the keys. Braces mark what Redis Cluster hashes: all of a group sits in one slot, and so do the two keys of
/// an index. No name can contain a brace, so a key without them is hashed whole.
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
}
