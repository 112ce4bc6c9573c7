using Npgsql;

namespace Fat.Core.Tests.Dialects;

/// <summary>Which errors of PostgreSQL say for certain that nothing was committed.</summary>
public sealed class PostgresErrorTests
{
    [Theory]
    [InlineData("ERROR", "23505")]
    [InlineData("ERROR", "25P02")]
    [InlineData("ERROR", "40001")]
    [InlineData("ERROR", "40P01")]
    [InlineData("ERROR", "42P01")]
    [InlineData("ERROR", "53100")]
    [InlineData("ERROR", "55P03")]
    [InlineData("ERROR", "57014")]
    [InlineData("FATAL", "25P03")]
    [InlineData("FATAL", "25P04")]
    [InlineData("FATAL", "28P01")]
    [InlineData("FATAL", "3D000")]
    [InlineData("FATAL", "53300")]
    public void The_server_has_refused(string severity, string state) => Assert.True(FatDialects.PostgreSql.IsRefusal(Thrown(severity, state)));

    [Theory]
    [InlineData("FATAL", "57P01")]
    [InlineData("FATAL", "57P02")]
    [InlineData("FATAL", "57P03")]
    [InlineData("FATAL", "08P01")]
    [InlineData("ERROR", "08006")]
    [InlineData("PANIC", "58030")]
    [InlineData("ERROR", "58030")]
    [InlineData("FATAL", "XX000")]
    [InlineData("ERROR", "XX000")]
    [InlineData("ERROR", "XX001")]
    [InlineData("FATAL", "F0000")]
    [InlineData("PANIC", "53100")]
    [InlineData("FATAL", "40001")]
    public void Nobody_knows(string severity, string state) => Assert.False(FatDialects.PostgreSql.IsRefusal(Thrown(severity, state)));

    [Fact]
    public void An_exception_without_a_state_is_a_doubt() => Assert.False(FatDialects.PostgreSql.IsRefusal(new NpgsqlException("Exception while reading from stream")));

    private static PostgresException Thrown(string severity, string state) => new("As it was told.", severity, severity, state);
}
