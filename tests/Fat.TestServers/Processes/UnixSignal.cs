using System.ComponentModel;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Fat.TestServers;

/// <summary>The signals sent to child processes.</summary>
internal enum UnixSignal
{
    Interrupt,
    Quit,
    Terminate,
    Stop,
    Continue,
}

internal static class UnixSignals
{
    private const int NoSuchProcess = 3;

    /// <summary>Sends the signal; a process that is already gone is no error.</summary>
    public static void Send(int processId, UnixSignal signal)
    {
        if (OperatingSystem.IsWindows())
            throw new PlatformNotSupportedException($"Windows has no signal {signal}.");
        if (Kill(processId, Number(signal)) == 0 || Marshal.GetLastPInvokeError() == NoSuchProcess)
            return;
        var reason = new Win32Exception(Marshal.GetLastPInvokeError()).Message;
        throw new InvalidOperationException(
            string.Create(CultureInfo.InvariantCulture, $"Process {processId} cannot be sent {signal}: {reason}"));
    }

    private static int Number(UnixSignal signal) => signal switch
    {
        UnixSignal.Interrupt => 2,
        UnixSignal.Quit => 3,
        UnixSignal.Terminate => 15,
        UnixSignal.Stop => OperatingSystem.IsMacOS() ? 17 : 19,
        UnixSignal.Continue => OperatingSystem.IsMacOS() ? 19 : 18,
        _ => throw new ArgumentOutOfRangeException(nameof(signal), signal, "Not a signal that is sent."),
    };

    [DllImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Kill(int processId, int signal);
}
