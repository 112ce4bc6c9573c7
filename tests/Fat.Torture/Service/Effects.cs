using Microsoft.Extensions.Configuration;

namespace Fat.Torture.Service;

/// <summary>Lets a delivery or a call take effect: a row each time, so that twice shows. It fails now and then, before and behind the commit.</summary>
internal sealed class Effects(LedgerDatabase database, IConfiguration configuration)
{
    private const double Failing = 0.04;

    private readonly bool _unguarded = configuration.GetValue<bool>("Unguarded");

    public async Task TakeAsync(Moved moved, string who, FatBarrier barrier, CancellationToken cancellationToken)
    {
        await using var connection = database.Connect();
        if (_unguarded)
        {
            await connection.OpenAsync(cancellationToken);
            await WriteAsync();
        }
        else
        {
            await barrier.CallAsync(
                connection,
                async _ =>
                {
                    await WriteAsync();
                    FailNowAndThen();
                },
                cancellationToken);
        }

        FailNowAndThen();

        async Task WriteAsync()
        {
            await using var command = LedgerDatabase.Command(
                connection, null, "INSERT INTO effects (op, leg, who, gid) VALUES ($1, $2, $3, $4)", moved.Op, moved.Leg, who, barrier.Gid);
            await command.ExecuteNonQueryAsync(cancellationToken);
        }
    }

    private static void FailNowAndThen()
    {
        if (Random.Shared.NextDouble() < Failing)
            throw new MeantToFailException();
    }
}
