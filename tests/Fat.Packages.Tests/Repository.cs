using System.Reflection;
using System.Xml.Linq;

namespace Fat.Packages.Tests;

/// <summary>The repository that these tests were built in.</summary>
internal static class Repository
{
    public static string Root { get; } = Metadata("Repository");

    /// <summary>Where this machine keeps the packages that it has restored.</summary>
    public static string PackageRoot { get; } = Metadata("PackageRoot");

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path)).ReplaceLineEndings("\n");

    /// <summary>The version of a package that the repository builds with.</summary>
    public static string VersionOf(string package) => XDocument.Load(Path.Combine(Root, "Directory.Packages.props")).Descendants("PackageVersion")
        .Single(element => element.Attribute("Include")!.Value == package).Attribute("Version")!.Value;

    private static string Metadata(string key) =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(data => data.Key == key).Value!;
}
