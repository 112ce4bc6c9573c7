using System.Reflection.Metadata;
using System.Text;
using System.Xml.Linq;

namespace Fat.Packages.Tests;

/// <summary>What is in the packages, and what is not.</summary>
public sealed class PackageContentTests(Feed feed)
{
    private const string Framework = "net10.0";

    /// <summary>Kind of the debug information that holds a source file (the format of portable PDBs says so).</summary>
    private static readonly Guid EmbeddedSource = new("0E8A571B-6926-466E-B4AD-8AB04611F5FE");

    private static readonly string[] Libraries = ["Fat.Core", "Fat.AspNetCore", "Fat.Refit", "Fat.Testing"];

    public static TheoryData<string> All { get; } = [.. Libraries, "Fat.Templates"];

    public static TheoryData<string> WithAssembly { get; } = [.. Libraries];

    [Fact]
    public void Packing_the_solution_makes_these_packages_and_no_other()
    {
        var expected = Libraries.SelectMany(library => new[] { $"{library}.{feed.Version}.nupkg", $"{library}.{feed.Version}.snupkg" }).Append($"Fat.Templates.{feed.Version}.nupkg");
        var made = Directory.EnumerateFiles(feed.Folder, "*.*nupkg").Select(file => Path.GetFileName(file)!);

        Assert.Equal(expected.Order(StringComparer.Ordinal), made.Order(StringComparer.Ordinal));
    }

    [Theory]
    [MemberData(nameof(All))]
    public void Its_manifest_says_what_a_feed_shows(string name)
    {
        using var package = feed.Open(name);

        Assert.Equal(name, package["id"]);
        Assert.Equal("The Fat authors", package["authors"]);
        Assert.Equal("MIT", package["license"]);
        Assert.Equal("expression", package.Element("license").Attribute("type")!.Value);
        Assert.Equal("icon.png", package["icon"]);
        Assert.Equal("README.md", package["readme"]);
        Assert.Contains("distributed-transactions", package["tags"], StringComparison.Ordinal);
        Assert.True(package["description"] is { Length: > 30 } description && !description.Contains("Package Description", StringComparison.Ordinal));
        Assert.Equal(Feed.RepositoryUrl, package.Element("repository").Attribute("url")!.Value);
    }

    [Theory]
    [MemberData(nameof(All))]
    public void It_has_a_README_of_its_own_whose_links_lead_to_the_repository_and_a_small_icon(string name)
    {
        using var package = feed.Open(name);
        var readme = package.Text("README.md");

        Assert.StartsWith($"# {name}\n", readme.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Contains($"]({Feed.RepositoryUrl}/blob/HEAD/docs/packages.md", readme, StringComparison.Ordinal);
        Assert.DoesNotContain("](..", readme, StringComparison.Ordinal);
        Assert.InRange(package.Bytes("icon.png").Length, 100, 10_000);
    }

    [Theory]
    [InlineData("Fat.Core", "analyzers/dotnet/cs/Fat.Analyzers.dll", "analyzers/dotnet/cs/Fat.Analyzers.CodeFixes.dll")]
    [InlineData("Fat.AspNetCore")]
    [InlineData("Fat.Refit")]
    [InlineData("Fat.Testing")]
    public void A_library_is_its_assembly_with_documentation_and_nothing_else(string name, params string[] more)
    {
        using var package = feed.Open(name);

        Assert.Equal([.. ((string[])[.. more, "README.md", "icon.png", $"lib/{Framework}/{name}.dll", $"lib/{Framework}/{name}.xml"]).Order(StringComparer.Ordinal)], package.Files);
    }

    [Theory]
    [InlineData("Fat.Core", "Castle.Core", "Microsoft.EntityFrameworkCore.Relational", "Microsoft.Extensions.Hosting.Abstractions", "Microsoft.Extensions.Http", "Microsoft.Extensions.Options.ConfigurationExtensions", "StackExchange.Redis")]
    [InlineData("Fat.AspNetCore", "Fat.Core")]
    [InlineData("Fat.Refit", "Fat.Core", "Microsoft.Extensions.Http")]
    [InlineData("Fat.Templates")]
    public void It_depends_on_these_and_nothing_else(string name, params string[] expected)
    {
        using var package = feed.Open(name);

        Assert.Equal(
            expected.Select(id => (id, id.StartsWith("Fat.", StringComparison.Ordinal) ? feed.Version : Repository.VersionOf(id))),
            package.Dependencies.Select(dependency => (dependency.Id, dependency.Version)).OrderBy(dependency => dependency.Id, StringComparer.Ordinal));
    }

    [Fact]
    public void The_Redis_client_is_wanted_from_its_first_version_on_that_works()
    {
        using var package = feed.Open("Fat.Core");

        // No upper end: an application keeps the 2.x or 3.x that it has.
        Assert.Contains(package.Dependencies, dependency => dependency is { Id: "StackExchange.Redis", Version: "1.2.6" });
    }

    [Fact]
    public void The_test_kit_uses_internals_and_wants_exactly_its_own_versions()
    {
        using var package = feed.Open("Fat.Testing");
        var own = package.Dependencies.Where(dependency => dependency.Id.StartsWith("Fat.", StringComparison.Ordinal)).ToList();

        Assert.Contains(own, dependency => dependency.Id == "Fat.Core");
        Assert.All(own, dependency => Assert.Equal($"[{feed.Version}]", dependency.Version));
    }

    [Theory]
    [MemberData(nameof(WithAssembly))]
    public void Analyzers_flow_to_whoever_installs_a_package_that_depends_on_the_core(string name)
    {
        using var package = feed.Open(name);

        Assert.All(
            package.Dependencies.Where(dependency => dependency.Id.StartsWith("Fat.", StringComparison.Ordinal)),
            dependency => Assert.DoesNotContain("Analyzers", dependency.Excluded ?? "", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(WithAssembly))]
    public void Nothing_of_this_machine_is_in_it(string name)
    {
        using var package = feed.Open(name);
        using var symbols = feed.Open(name, "snupkg");

        foreach (var bytes in (byte[][])[package.Bytes($"lib/{Framework}/{name}.dll"), symbols.Bytes($"lib/{Framework}/{name}.pdb")])
        {
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(Repository.Root)));
            Assert.Equal(-1, bytes.AsSpan().IndexOf(Encoding.Unicode.GetBytes(Repository.Root)));
        }
    }

    [Theory]
    [MemberData(nameof(WithAssembly))]
    public void The_symbols_are_those_of_the_assembly_and_bring_the_sources(string name)
    {
        using var package = feed.Open(name);
        using var symbols = feed.Open(name, "snupkg");
        using var assembly = new System.Reflection.PortableExecutable.PEReader(new MemoryStream(package.Bytes($"lib/{Framework}/{name}.dll")));
        using var provider = MetadataReaderProvider.FromPortablePdbStream(new MemoryStream(symbols.Bytes($"lib/{Framework}/{name}.pdb")));
        var pdb = provider.GetMetadataReader();

        var entry = assembly.ReadDebugDirectory().Single(entry => entry.Type == System.Reflection.PortableExecutable.DebugDirectoryEntryType.CodeView);
        Assert.Equal(assembly.ReadCodeViewDebugDirectoryData(entry).Guid, new BlobContentId(pdb.DebugMetadataHeader!.Id).Guid);
        Assert.Contains(assembly.ReadDebugDirectory(), entry => entry.Type == System.Reflection.PortableExecutable.DebugDirectoryEntryType.Reproducible);

        // What the compiler is given by others, as the framework's own generated files, it embeds as well: so every document has its text.
        var embedded = pdb.CustomDebugInformation.Select(pdb.GetCustomDebugInformation).Where(info => pdb.GetGuid(info.Kind) == EmbeddedSource).Select(info => (DocumentHandle)info.Parent).ToHashSet();
        Assert.NotEmpty(pdb.Documents);
        Assert.All(pdb.Documents, document => Assert.Contains(document, embedded));
        Assert.All(pdb.Documents, document => Assert.StartsWith("/_", pdb.GetString(pdb.GetDocument(document).Name), StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Fat.Core", "T:Fat.FatOptions", "P:Fat.FatOptions.WaitCommit")]
    [InlineData("Fat.AspNetCore", "T:Microsoft.AspNetCore.Builder.FatApplicationBuilderExtensions")]
    [InlineData("Fat.Refit", "T:Fat.Refit.FatPropagationHandler")]
    public void Documentation_is_there_for_editors(string name, params string[] members)
    {
        using var package = feed.Open(name);
        var documented = XDocument.Parse(package.Text($"lib/{Framework}/{name}.xml")).Descendants("member").Select(member => member.Attribute("name")!.Value).ToHashSet(StringComparer.Ordinal);

        Assert.All(members, member => Assert.Contains(member, documented));
    }

    [Fact]
    public void The_template_is_complete_and_names_the_version_that_it_was_packed_with()
    {
        using var package = feed.Open("Fat.Templates");
        var expected = Directory.EnumerateFiles(Path.Combine(Repository.Root, "templates", "fat-service"), "*", SearchOption.AllDirectories)
            .Select(file => "content/" + Path.GetRelativePath(Path.Combine(Repository.Root, "templates"), file).Replace('\\', '/'));

        Assert.Equal([.. expected.Append("README.md").Append("icon.png").Order(StringComparer.Ordinal)], package.Files);
        Assert.Equal("Template", package.Metadata.Descendants().Single(element => element.Name.LocalName == "packageType").Attribute("name")!.Value);
        Assert.Contains($"\"defaultValue\": \"{feed.Version}\"", package.Text("content/fat-service/.template.config/template.json"), StringComparison.Ordinal);
        Assert.Contains($"Include=\"Npgsql.EntityFrameworkCore.PostgreSQL\" Version=\"{Repository.VersionOf("Npgsql.EntityFrameworkCore.PostgreSQL")}\"", package.Text("content/fat-service/SampleService.csproj"), StringComparison.Ordinal);
    }
}
