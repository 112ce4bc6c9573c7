namespace Fat.Messages;

/// <summary>
/// How many messages have calls under way at each address. One that does not answer gets no more of them than a process makes at a time: what else is for it goes back into the queue, and leaves others their turn
/// (a bulkhead). Thread-safe.
/// </summary>
/// <param name="most">How many at an address.</param>
/// <param name="longest">The longest pause.</param>
/// <param name="time">The clock.</param>
internal sealed class CallSlots(int most, TimeSpan longest, TimeProvider time)
{
    /// <summary>What was sent back comes again no sooner, and no faster: looking at it costs a little.</summary>
    private static readonly TimeSpan ShortestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Spacing = TimeSpan.FromMilliseconds(5);

    private readonly long _began = time.GetTimestamp();
    private readonly Lock _lock = new();
    private readonly Dictionary<string, Address> _addresses = new(StringComparer.Ordinal);

    /// <summary>Null when there is room, which <see cref="Leave"/> gives back; else the pause until it is worth another look.</summary>
    public TimeSpan? Enter(string target)
    {
        lock (_lock)
        {
            if (!_addresses.TryGetValue(target, out var address))
                _addresses[target] = address = new Address();
            if (address.UnderWay < most)
            {
                address.UnderWay++;
                return null;
            }

            // One behind the other, so that they do not come back together.
            var now = time.GetElapsedTime(_began);
            var soonest = now + ShortestPause;
            address.Next = address.Next + Spacing > soonest ? address.Next + Spacing : soonest;
            return address.Next - now < longest ? address.Next - now : longest;
        }
    }

    /// <summary>Gives the room back.</summary>
    public void Leave(string target)
    {
        lock (_lock)
        {
            if (--_addresses[target].UnderWay == 0)
                _addresses.Remove(target);
        }
    }

    private sealed class Address
    {
        public int UnderWay { get; set; }

        /// <summary>When the last one that was sent back comes again.</summary>
        public TimeSpan Next { get; set; }
    }
}
