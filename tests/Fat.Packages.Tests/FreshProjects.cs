using System.Globalization;
using System.Text.RegularExpressions;

namespace Fat.Packages.Tests;

/// <summary>Projects as somebody would make them who has the packages and README, written into a folder outside of the repository.</summary>
internal static partial class FreshProjects
{
    /// <summary>Where the quick start's Orders finds Stock.</summary>
    private const string StockAddress = "http://localhost:5002";

    /// <summary>How long the quick start's order may take: too short for the first one of a cold process on a busy machine, so it is longer here.</summary>
    private const string Wait = "WaitResultMilliseconds = 3000";

    /// <summary>The quick start: two services, with the code that README shows but for an address and a time.</summary>
    public static void WriteQuickStart(string folder, string version, int stockPort)
    {
        var readme = Repository.Read("README.md");
        WriteService(folder, "Stock", version, Shown(readme, "stock"));
        var orders = Shown(readme, "orders");
        Assert.Contains(StockAddress, orders, StringComparison.Ordinal);
        Assert.Contains(Wait, orders, StringComparison.Ordinal);
        WriteService(folder, "Orders", version, orders
            .Replace(StockAddress, string.Create(CultureInfo.InvariantCulture, $"http://127.0.0.1:{stockPort}"), StringComparison.Ordinal)
            .Replace(Wait, "WaitResultMilliseconds = 60000", StringComparison.Ordinal));
    }

    /// <summary>A test project that uses the test kit.</summary>
    public static void WriteTests(string folder, string version)
    {
        Write(folder, "Checks/Checks.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <OutputType>Exe</OutputType>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Fat.Testing" Version="{version}" />
                <PackageReference Include="Microsoft.NET.Test.Sdk" Version="{Repository.VersionOf("Microsoft.NET.Test.Sdk")}" />
                <PackageReference Include="xunit.runner.visualstudio" Version="{Repository.VersionOf("xunit.runner.visualstudio")}" />
                <PackageReference Include="xunit.v3" Version="{Repository.VersionOf("xunit.v3")}" />
              </ItemGroup>
            </Project>
            """);
        Write(folder, "Checks/OptionsTests.cs", """
            using Fat;
            using Xunit;

            namespace Checks;

            public sealed class OptionsTests
            {
                [Fact]
                public void The_test_kit_brings_the_library() => Assert.Equal(FatAnswer.Prepared, new FatOptions().Answer);
            }
            """);
    }

    /// <summary>One solution, for one restore and one build; and the feed, beside whatever sources the machine is configured for.</summary>
    public static void WriteSolution(string folder, string feed, params string[] projects)
    {
        Write(folder, "Fresh.slnx", $"""
            <Solution>
              {string.Concat(projects.Select(project => $"<Project Path=\"{project}/{project}.csproj\" />"))}
            </Solution>
            """);
        Write(folder, "nuget.config", $"""
            <configuration>
              <packageSources>
                <add key="packed" value="{feed}" />
              </packageSources>
            </configuration>
            """);

        // Leaves beside each assembly what analyzed it.
        Write(folder, "Directory.Build.targets", """
            <Project>
              <Target Name="NoteAnalyzers" AfterTargets="CoreCompile">
                <WriteLinesToFile File="$(OutDir)analyzers.txt" Lines="@(Analyzer->'%(Filename)')" Overwrite="true" />
              </Target>
            </Project>
            """);
    }

    private static void WriteService(string folder, string name, string version, string program)
    {
        Write(folder, $"{name}/{name}.csproj", $"""
            <Project Sdk="Microsoft.NET.Sdk.Web">
              <PropertyGroup>
                <TargetFramework>net10.0</TargetFramework>
                <Nullable>enable</Nullable>
                <ImplicitUsings>enable</ImplicitUsings>
              </PropertyGroup>
              <ItemGroup>
                <PackageReference Include="Fat.AspNetCore" Version="{version}" />
                <PackageReference Include="Fat.Refit" Version="{version}" />
                <PackageReference Include="Npgsql.EntityFrameworkCore.PostgreSQL" Version="{Repository.VersionOf("Npgsql.EntityFrameworkCore.PostgreSQL")}" />
              </ItemGroup>
            </Project>
            """);
        Write(folder, $"{name}/Program.cs", program);
    }

    /// <summary>The block of a document that is marked with the name, which Fat.Docs.Tests compiles as well.</summary>
    private static string Shown(string document, string name) =>
        Block().Matches(document).Single(block => block.Groups["name"].Value == name).Groups["code"].Value;

    private static void Write(string folder, string file, string text)
    {
        var path = Path.Combine(folder, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    [GeneratedRegex(@"^<!-- compile: (?<name>[a-z-]+) -->\n+```csharp\n(?<code>.*?)^```$", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.NonBacktracking)]
    private static partial Regex Block();
}
