using Fat.Coordination;
using Fat.Core.Tests.World;
using Fat.Protocol;
using Fat.Resources;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Resources;

public sealed class PreparedTransactionsTests(Servers servers) : GroupWorld(servers)
{
    [Fact]
    public async Task Branches_that_somebody_else_has_finished_are_finished_however_many_are_asked_for_together()
    {
        var prepared = Stock.Services.GetRequiredService<Databases>().Find(null).Prepared;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number =>
            prepared.FinishAsync(Gone(number + 1), number % 2 == 0 ? Decision.Committed : Decision.RolledBack)));
    }

    private static PreparedName Gone(int number)
    {
        var orders = FatName.Parse("orders", "name");
        return new PreparedName(GroupId.New(TimeProvider.System.GetUtcNow()), ScopeId.New(CallId.Root).Branch(number), orders, orders);
    }
}
