using System.Data.Common;
using System.Reflection;

namespace Fat.Resources;

/// <summary>What ADO.NET has no word for, and drivers with a pool have: a static <c>ClearPool</c> that takes a connection.</summary>
internal static class ConnectionPool
{
    /// <summary>The open connections of the given one's pool are closed instead of being used again, in use or not.</summary>
    public static void Clear(DbConnection connection)
    {
        var type = connection.GetType();
        type.GetMethod("ClearPool", BindingFlags.Public | BindingFlags.Static, [type])?.Invoke(null, [connection]);
    }
}
