using Fat.Architecture.Tests.Reading;
using Fat.Architecture.Tests.Rules;

namespace Fat.Architecture.Tests;

/// <summary>The house stays as drawn in docs/architecture.md.</summary>
public sealed class RoomTests
{
    private static readonly House Fat = new("Fat");
    private static readonly House Broken = new("Broken");

    [Fact]
    public void No_room_touches_what_the_table_does_not_allow() => Product.None(Fat.Violations(Product.CoreTouches));

    [Fact]
    public void The_table_allows_nothing_that_nobody_needs() => Product.None(Fat.Unused(Product.CoreTouches));

    [Fact]
    public void Only_the_Redis_registry_sees_the_Redis_client() => Product.None(Product.CoreTouches
        .Where(touch => touch.To.Assembly == "StackExchange.Redis" && Fat.RoomOf(touch.From) != "Registry/Redis").Select(touch => touch.ToString()));

    [Fact]
    public void No_room_touches_Hosting() => Product.None(Product.CoreTouches
        .Where(touch => Fat.RoomOf(touch.To) == "Hosting" && Fat.RoomOf(touch.From) is { } room && room != "Hosting").Select(touch => touch.ToString()));

    [Fact]
    public void The_protocol_has_no_side_effects() =>
        Product.None(Purity.Violations(Product.CoreTouches.Where(touch => Fat.RoomOf(touch.From) == "Protocol")));

    [Fact]
    public void The_rooms_are_found_in_the_code()
    {
        var found = Product.CoreTouches.Select(touch => Fat.RoomOf(touch.From)).ToHashSet(StringComparer.Ordinal);

        Assert.All(House.Rooms, room => Assert.Contains(room.Name, found));
    }

    [Theory]
    [InlineData("CoordinationThatStartsTheHost", "Coordination may not touch Hosting", "Host.get_Name")]
    [InlineData("CoordinationThatHidesIt", "Coordination may not touch Hosting", "Host.get_Name")]
    [InlineData("RegistryThatKnowsRedis", "Registry may not touch StackExchange.Redis", "RedisKey.op_Implicit")]
    [InlineData("ResourceThatKnowsItsProvider.Ask", "Resources may not touch Npgsql", "NpgsqlConnection..ctor")]
    [InlineData("ResourceThatKnowsItsProvider.Catch", "Resources may not touch Npgsql", "PostgresException")]
    [InlineData("RootThatKnowsMoreOfEntityFramework", "root may not touch Microsoft.EntityFrameworkCore", "DatabaseFacade")]
    [InlineData("TypeInNoRoomOfTheTable", "the room Kitchen", "not in the table")]
    public void A_type_that_breaks_the_table_is_named_with_what_it_touches(string type, string rule, string what) =>
        Product.Names(Broken.Violations(Product.BrokenTouches), type, rule, what);

    [Fact]
    public void A_type_outside_of_every_room_is_named() =>
        Product.Names(new House("Elsewhere").Violations(Product.BrokenTouches), "Broken.Hosting.Host stands in no room");

    [Theory]
    [InlineData("ProtocolThatWaits", "System.Threading.Tasks.Task")]
    [InlineData("ProtocolThatAwaits", "AsyncValueTaskMethodBuilder")]
    [InlineData("ProtocolThatLooksAtTheClock", "System.TimeProvider")]
    [InlineData("ProtocolThatLogs", "Microsoft.Extensions.Logging.ILogger")]
    [InlineData("ProtocolThatReadsFiles", "System.IO.File")]
    [InlineData("ProtocolThatMakesIdsFromNothing", "System.Guid.NewGuid")]
    public void A_side_effect_is_named_with_its_type(string type, string what) =>
        Product.Names(Purity.Violations(Product.BrokenTouches.Where(touch => Broken.RoomOf(touch.From) == "Protocol")), type, what);

    [Fact]
    public void A_permission_that_nobody_uses_is_named() =>
        Product.Names(Fat.Unused([.. Product.CoreTouches.Where(touch => touch.To.Assembly != "StackExchange.Redis")]), "Registry/Redis may touch StackExchange.Redis");

    [Fact]
    public void Closures_and_state_machines_count_for_the_type_that_was_written()
    {
        var name = new TypeName("Fat.Architecture.Tests", "Broken.Coordination", "CoordinationThatHidesIt");

        Assert.Contains(Product.BrokenTouches, touch => touch.From == name && touch.To.Name == "Host");
        Assert.DoesNotContain(Product.BrokenTouches, touch => touch.From.Name.Contains("DisplayClass", StringComparison.Ordinal));
    }
}
