using System.Data.Common;

namespace Fat.Core.Tests.Dialects;

/// <summary>What a commit that failed with an error leaves behind: nothing for certain, or a doubt.</summary>
public sealed class MySqlErrorTests
{
    [Theory]
    [InlineData(1062, "Duplicate entry")]
    [InlineData(1205, "Lock wait timeout exceeded")]
    [InlineData(1213, "Deadlock found")]
    [InlineData(1290, "--read-only")]
    [InlineData(1305, "SAVEPOINT does not exist")]
    [InlineData(3819, "Check constraint is violated")]
    [InlineData(4025, "CONSTRAINT failed")]
    public void The_server_has_refused(int number, string message) => Assert.True(FatDialects.MySql.IsRefusal(new Thrown(number, message)));

    [Theory]
    [InlineData(0, "Fatal error encountered during command execution")]
    [InlineData(-1, "The Command Timeout expired")]
    [InlineData(1042, "Unable to connect to any of the specified hosts")]
    [InlineData(1053, "Server shutdown in progress")]
    [InlineData(1180, "Got error during COMMIT")]
    [InlineData(1317, "Query execution was interrupted")]
    [InlineData(1927, "Connection was killed")]
    [InlineData(2006, "MySQL server has gone away")]
    [InlineData(2013, "Lost connection to server during query")]
    public void Nobody_knows(int number, string message) => Assert.False(FatDialects.MySql.IsRefusal(new Thrown(number, message)));

    [Fact]
    public void An_exception_without_a_number_is_a_doubt() => Assert.False(FatDialects.MySql.IsRefusal(new Npgsql.NpgsqlException("Elsewhere")));

    private sealed class Thrown(int number, string message) : DbException(message)
    {
        /// <summary>As both drivers have it.</summary>
        public int Number => number;
    }
}
