using System.Collections.Concurrent;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Messages;

/// <summary>Work whose held transaction can be lost, and which is replayed then.</summary>
public interface IVault
{
    Task OrderAsync(int id);
}

public class Vault(ItemsContext items, IFatMessages messages) : IVault
{
    /// <summary>The messages that were made for each order, in order.</summary>
    public static readonly ConcurrentDictionary<int, ConcurrentQueue<string>> Made = new();

    [FatTransaction(Replay = true)]
    public virtual async Task OrderAsync(int id)
    {
        var message = messages.New().Publish(Shipping.Topic, new Ordered(id, "tea"));
        Made.GetOrAdd(id, _ => new ConcurrentQueue<string>()).Enqueue(message.Gid);
        await message.DoAndSubmitAsync(items, async _ =>
        {
            items.Add(new Item { Id = id, Text = "ordered" });
            await items.SaveChangesAsync();
        });
    }
}
