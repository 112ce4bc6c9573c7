namespace Fat.Dtm;

/// <summary>The order that a client gives the steps of a saga.</summary>
internal static class DtmOrders
{
    /// <summary>What is said of one that is not valid.</summary>
    public const string Invalid = "custom_data: orders names a step that is not there, or steps that wait for each other";

    /// <summary>Whether it names steps that are there, and lets all of them begin at some time.</summary>
    public static bool AreValid(IReadOnlyDictionary<int, IReadOnlyList<int>> orders, int steps)
    {
        if (orders.Any(order => order.Value is null || order.Key < 0 || order.Key >= steps || order.Value.Any(before => before < 0 || before >= steps)))
            return false;
        var free = Enumerable.Range(0, steps).Where(step => !orders.ContainsKey(step)).ToHashSet();
        while (orders.Keys.FirstOrDefault(step => !free.Contains(step) && orders[step].All(free.Contains), -1) is var next and >= 0)
            free.Add(next);
        return free.Count == steps;
    }
}
