using System.Runtime.CompilerServices;

// The temporary files of held answers are counted, so tests run one after the other.
[assembly: CollectionBehavior(DisableTestParallelization = true)]

namespace Fat.AspNetCore.Tests.Support;

/// <summary>A directory of this run's own for the temporary files of held answers.</summary>
internal static class TestRun
{
    public static DirectoryInfo Temporary { get; } = Directory.CreateTempSubdirectory("fat-aspnetcore-tests-");

    [ModuleInitializer]
    internal static void UseOwnTemporaryDirectory()
    {
        // Read once by ASP.NET Core, when it spools for the first time.
        Environment.SetEnvironmentVariable("ASPNETCORE_TEMP", Temporary.FullName);
        AppDomain.CurrentDomain.ProcessExit += (_, _) => Temporary.Delete(recursive: true);
    }
}
