using Fat.Core.Tests.World;
using Microsoft.Extensions.Options;

namespace Fat.Core.Tests.Security;

/// <summary>A signing key is changed one process after the other, while groups go on.</summary>
public sealed class SigningKeyTests(Servers servers)
{
    private const string Old = "the old key of sixteen";
    private const string New = "the new key of sixteen";

    /// <summary>The deployments of docs/security.md.</summary>
    private static readonly (string Signs, string[] Accepts)[] Steps = [(Old, []), (Old, [New]), (New, [Old]), (New, [])];

    [Fact]
    public async Task A_rolling_change_over_two_services_loses_no_group()
    {
        await using var world = new SignedWorld(servers);
        var (first, second) = (await world.DeployAsync("first", Steps[0]), await world.DeployAsync("second", Steps[0]));
        foreach (var step in Steps.Skip(1))
        {
            await BothWaysAsync(world, first, second);
            first = await world.DeployAsync("first", step, first);
            await BothWaysAsync(world, first, second);
            second = await world.DeployAsync("second", step, second);
        }

        await BothWaysAsync(world, first, second);
        var stale = await world.DeployAsync("stale", Steps[0]);
        Assert.Contains("does not fit", (await Assert.ThrowsAsync<FatRemoteDataException>(() => RunAsync(world, stale, first))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_that_is_changed_at_once_is_what_the_steps_are_for()
    {
        await using var world = new SignedWorld(servers);
        var (first, second) = (await world.DeployAsync("first", Steps[0]), await world.DeployAsync("second", Steps[^1]));

        await Assert.ThrowsAsync<FatRemoteDataException>(() => RunAsync(world, first, second));
    }

    [Fact]
    public async Task Keys_that_cannot_protect_are_refused_at_the_start()
    {
        await using var world = new SignedWorld(servers);

        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => world.DeployAsync("first", (null, ["short"])));
        Assert.Contains("Fat:AcceptedSigningKeys has a key with less than 16", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Fat:SigningKey, which is not set", refused.Message, StringComparison.Ordinal);
    }

    private static async Task BothWaysAsync(SignedWorld world, Service first, Service second)
    {
        await RunAsync(world, first, second);
        await RunAsync(world, second, first);
    }

    private static async Task RunAsync(SignedWorld world, Service root, Service child)
    {
        var id = world.NextId();
        FatRemoteDataException? refused = null;
        var result = await root.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            try
            {
                await child.CallAsync((items, token) => items.AddAsync(id, token));
            }
            catch (FatRemoteDataException exception)
            {
                // Over HTTP the caller sees 400; here it is the exception itself.
                refused = exception;
                throw;
            }
        });
        if (refused is not null)
            throw refused;
        Assert.Null(result.Error);
        await child.SeesAsync(id, TestContext.Current.CancellationToken);
    }

    private sealed class SignedWorld(Servers servers) : GroupWorld(servers)
    {
        /// <summary>An instance of a service in place of another one.</summary>
        public async Task<Service> DeployAsync(string name, (string? Signs, string[] Accepts) keys, Service? insteadOf = null)
        {
            var service = await StartAsync(name, options =>
            {
                options.SigningKey = keys.Signs;
                foreach (var key in keys.Accepts)
                    options.AcceptedSigningKeys.Add(key);
            });
            if (insteadOf is not null)
                await StopAsync(insteadOf);
            return service;
        }
    }
}
