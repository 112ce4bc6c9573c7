using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore;

/// <summary>The log messages of this package: event ids 801 to 899.</summary>
internal static partial class Log
{
    [LoggerMessage(801, LogLevel.Warning, "{Endpoint}: group {Gid} is rolled back.")]
    public static partial void RolledBack(ILogger logger, string endpoint, string gid, Exception? error);

    [LoggerMessage(802, LogLevel.Error, "{Endpoint}: the outcome of group {Gid} is in doubt; recovery settles it.")]
    public static partial void InDoubt(ILogger logger, string endpoint, string gid, Exception? error);

    [LoggerMessage(803, LogLevel.Warning, "{Endpoint}: the request's transaction context was refused: {Reason}")]
    public static partial void RemoteDataRefused(ILogger logger, string endpoint, string reason);

    [LoggerMessage(804, LogLevel.Error, "{Endpoint}: the answer started before group {Gid} was decided; the connection is closed.")]
    public static partial void StartedEarly(ILogger logger, string endpoint, string gid);

    [LoggerMessage(805, LogLevel.Error, "The request {Path} of a DTM client failed; whether it took effect is open")]
    public static partial void DtmRequestFailed(ILogger logger, string path, Exception exception);

    [LoggerMessage(806, LogLevel.Error, "The dashboard's request {Method} {Path} failed; if something was to be done, whether it took effect is open")]
    public static partial void DashboardRequestFailed(ILogger logger, string method, string path, Exception exception);

    [LoggerMessage(807, LogLevel.Warning, "The dashboard's listeners are told nothing new for now: their numbers could not be read")]
    public static partial void DashboardSampleFailed(ILogger logger, Exception exception);
}
