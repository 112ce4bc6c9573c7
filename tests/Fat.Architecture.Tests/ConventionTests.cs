using System.Reflection;
using Fat.Architecture.Tests.Reading;
using Fat.Architecture.Tests.Rules;

namespace Fat.Architecture.Tests;

/// <summary>Conventions that hold in everything that is shipped.</summary>
public sealed class ConventionTests
{
    private static readonly IReadOnlyList<Type> Broken =
        [.. typeof(Product).Assembly.GetTypes().Where(type => type.Namespace?.StartsWith("Broken.Habits", StringComparison.Ordinal) == true)];

    /// <summary>Public methods that return something to await and take no token, and why not.</summary>
    private static readonly Dictionary<string, string> Exempt = new(StringComparer.Ordinal);

    [Fact]
    public void Public_classes_are_sealed_static_or_abstract()
    {
        Product.None(Conventions.OpenTypes(Product.Types));
        Product.Same(Conventions.OpenTypes(Broken), "Broken.Habits.PublicAndOpen is public and neither sealed, static nor abstract.");
    }

    [Fact]
    public void Nothing_writes_to_the_console()
    {
        Product.None(Product.All.SelectMany(Console));
        Product.Names(Console(typeof(Product).Assembly), "Broken.Habits.Talkative.Talk", "System.Console.WriteLine");
    }

    [Fact]
    public void No_method_is_async_void()
    {
        Product.None(Conventions.AsyncVoids(Product.Types));
        Product.Same(Conventions.AsyncVoids(Broken), "Broken.Habits.Asynchronous.Forgotten is async void: nobody sees its failure.");
    }

    [Fact]
    public void Every_public_asynchronous_method_takes_a_token_or_is_exempt_with_a_reason()
    {
        Product.None(Conventions.Untokened(Product.Types).Select(Conventions.Name).Where(name => !Exempt.ContainsKey(name))
            .Select(name => $"{name} takes no CancellationToken. If its signature is not ours, say so in {nameof(ConventionTests)}.{nameof(Exempt)}."));
        Product.Same(Conventions.Untokened(Broken).Select(method => method.Name), "WithoutTokenAsync", "WithoutTokenEitherAsync");
    }

    [Fact]
    public void No_exemption_outlives_its_method() =>
        Product.Same(Conventions.Untokened(Product.Types).Select(Conventions.Name).Distinct(StringComparer.Ordinal), [.. Exempt.Keys]);

    [Fact]
    public void Names_say_what_a_type_holds()
    {
        Product.None(Conventions.VagueNames(Product.Types));
        Product.Same(Broken.Where(type => Conventions.VagueNames([type]).Any()).Select(type => type.Name), "ConnectionManager", "StringHelper", "Utils`1");
    }

    [Fact]
    public void No_static_state_can_be_changed_from_outside()
    {
        Product.None(Conventions.MutableStatics(Product.Types));
        var found = Conventions.MutableStatics(Broken).ToList();
        foreach (var name in (string[])["Count", "Words", "Open", "Name"])
            Product.Names(found, $"Changeable.{name} ");
        Assert.Equal(4, found.Count);
    }

    [Fact]
    public void Nothing_references_a_database_provider()
    {
        Product.None(Product.All.SelectMany(assembly => Surface.References(assembly, "Npgsql")));
        Product.Names(Surface.References(typeof(Product).Assembly, "Npgsql"), "Fat.Architecture.Tests references Npgsql");
    }

    [Fact]
    public void No_package_but_the_core_references_the_Redis_client()
    {
        Product.None(Product.All.Where(assembly => assembly != Product.Core).SelectMany(assembly => Surface.References(assembly, "StackExchange.Redis")));
        Product.Names(Surface.References(Product.Core, "StackExchange.Redis"), "Fat.Core references StackExchange.Redis");
    }

    [Fact]
    public void The_web_and_client_packages_use_the_public_surface_only()
    {
        Product.None(Product.Open.SelectMany(assembly => Surface.Violations(TouchReader.Read(assembly), Product.Core)));
        Product.Names(Surface.Violations(TouchReader.Read(typeof(Product).Assembly), Product.Core), "Not public", "Fat.Protocol");
    }

    [Fact]
    public void Only_tests_and_the_proxies_see_internals()
    {
        Product.Same(Surface.Friends(Product.Core), "DynamicProxyGenAssembly2", "Fat.Architecture.Tests", "Fat.Core.Tests", "Fat.Shop", "Fat.Testing", "Fat.Testing.Tests", "Fat.Torture");
        Assert.All(Product.All.Skip(1), assembly => Assert.DoesNotContain(Surface.Friends(assembly), friend => !friend.EndsWith(".Tests", StringComparison.Ordinal)));
    }

    private static IEnumerable<string> Console(Assembly assembly) =>
        TouchReader.Read(assembly).Where(touch => touch.To.FullName == "System.Console").Select(touch => touch.ToString());
}
