using System.Data.Common;
using System.Reflection;

namespace Fat.Dialects;

/// <summary>
/// Hears, on a connection of Npgsql, that PostgreSQL gave up waiting for its synchronous standbys. That is a warning with a text in the server's language and the SQLSTATE of any other, so it is known by the server's function
/// that sends it.
/// </summary>
internal sealed class StandbyNotices : IDisposable
{
    private const string Waits = "SyncRepWaitForLSN";

    private static readonly MethodInfo HearMethod = typeof(StandbyNotices).GetMethod(nameof(Hear), BindingFlags.Instance | BindingFlags.NonPublic)!;

    private readonly DbConnection _connection;
    private readonly EventInfo _notices;
    private readonly Delegate _handler;
    private readonly Action _heard;

    private StandbyNotices(DbConnection connection, EventInfo notices, Action heard)
    {
        _connection = connection;
        _notices = notices;
        _heard = heard;
        _handler = HearMethod.CreateDelegate(notices.EventHandlerType!, this);
        notices.AddEventHandler(connection, _handler);
    }

    /// <summary>Null on a connection that is not Npgsql's own, such as one that wraps it.</summary>
    public static StandbyNotices? Of(DbConnection connection, Action heard) =>
        connection.GetType() is { FullName: "Npgsql.NpgsqlConnection" } type && type.GetEvent("Notice") is { } notices ? new StandbyNotices(connection, notices, heard) : null;

    public void Dispose() => _notices.RemoveEventHandler(_connection, _handler);

    private void Hear(object sender, EventArgs arguments)
    {
        var notice = arguments.GetType().GetProperty("Notice")?.GetValue(arguments);
        if (notice?.GetType().GetProperty("Routine")?.GetValue(notice) is Waits)
            _heard();
    }
}
