using System.Runtime.InteropServices;

namespace Demo.Stage;

/// <summary>The dotnet command that runs this program.</summary>
internal static class DotnetHost
{
    // The runtime lies in shared/Microsoft.NETCore.App/<version>/ beside the command.
    public static string Path { get; } = System.IO.Path.GetFullPath(
        System.IO.Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet"));
}
