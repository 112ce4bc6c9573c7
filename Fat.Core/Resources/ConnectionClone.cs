using System.Data.Common;

namespace Fat.Resources;

/// <summary>Makes another closed connection to the same database, from the same pool.</summary>
internal static class ConnectionClone
{
    public static DbConnection Of(DbConnection connection)
    {
        // Providers' own clones keep what the connection string does not tell: passwords, data sources, callbacks.
        if (connection is ICloneable cloneable)
            return (DbConnection)cloneable.Clone();
        var clone = (DbConnection)Activator.CreateInstance(connection.GetType())!;
        clone.ConnectionString = connection.ConnectionString;
        return clone;
    }
}
