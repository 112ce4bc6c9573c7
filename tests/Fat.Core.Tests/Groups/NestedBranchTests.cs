using Fat.Core.Tests.World;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Groups;

/// <summary>A method that waits for one on another database has its place already.</summary>
public sealed class NestedBranchTests(Servers servers)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Branches_that_begin_others_do_not_keep_them_from_the_workers()
    {
        var world = new GroupWorld(servers);
        await using var disposing = world;
        var narrow = await world.StartAsync("narrow", options =>
        {
            options.Workers.MaxConcurrent = 1;
            options.WaitResult = TimeSpan.FromSeconds(15);
        });
        var ids = Enumerable.Range(0, 4).Select(_ => (Outer: world.NextId(), Inner: world.NextId())).ToList();

        var results = await Task.WhenAll(ids.Select(id => narrow.RootAsync((_, _) => OuterAsync(narrow, id.Outer, id.Inner))));

        Assert.All(results, result => Assert.Null(result.Error));
        foreach (var (outer, inner) in ids)
        {
            await narrow.SeesAsync(outer, Stop);
            await narrow.SeesAsync(inner, Stop);
        }
    }

    /// <summary>A row here, and within the same method one through the other database.</summary>
    private static async Task OuterAsync(Service narrow, int outer, int inner)
    {
        await using var scope = narrow.Services.CreateAsyncScope();
        var items = scope.ServiceProvider.GetRequiredService<IItems>();
        await items.WorkAsync(async context =>
        {
            context.Items.Add(new Item { Id = outer, Text = "outer" });
            await context.SaveChangesAsync(Stop);
            await items.AddElsewhereAsync(inner);
        });
    }
}
