namespace Fat.Shop;

public sealed class Shelf : IShelf
{
    [FatTransaction(Replay = true)]
    public async Task EnterAsync(int id, int row, CancellationToken cancellationToken)
    {
        var branch = FatLocalTransaction.Current!;
        await using var command = branch.Connection.CreateCommand();
        command.Transaction = branch.Transaction;
        command.CommandText = $"INSERT INTO items (id, row, gid) VALUES ({id}, {row}, '{FatContext.Current!.Gid}')";
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
