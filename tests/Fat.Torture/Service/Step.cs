namespace Fat.Torture.Service;

/// <summary>What one service does for an operation: the request of every call, and of the client.</summary>
/// <param name="Op">The operation.</param>
/// <param name="Leg">The number of this step in its operation.</param>
/// <param name="Service">Who does it.</param>
/// <param name="Account">The account of that service, or null when it only calls others.</param>
/// <param name="Amount">What is added to the account.</param>
/// <param name="Early">It answers early (not for the first step).</param>
/// <param name="EntersLast">It calls the others before it enters its own leg.</param>
/// <param name="Together">It calls the others at the same time.</param>
/// <param name="Fails">It fails after all that it does.</param>
/// <param name="Joins">It shares a transaction with other steps of the operation at the same service, which all go to one instance.</param>
/// <param name="Held">Its transaction is held open until the decision, and done again when it is lost.</param>
/// <param name="Publishes">Its transaction makes a message.</param>
/// <param name="Calls">The steps of the services that it calls.</param>
internal sealed record Step(
    Guid Op, int Leg, string Service, int? Account, long Amount, bool Early, bool EntersLast, bool Together, bool Fails, bool Joins, bool Held,
    bool Publishes, IReadOnlyList<Step> Calls)
{
    /// <summary>Of so many instances, the one for which this step is if it joins; the same for all steps of the operation.</summary>
    public int Instance(int count) => (Op.GetHashCode() & int.MaxValue) % count;

    /// <summary>This step and all below it.</summary>
    public IEnumerable<Step> All() => Calls.SelectMany(call => call.All()).Prepend(this);
}
