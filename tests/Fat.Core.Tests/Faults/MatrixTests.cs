namespace Fat.Core.Tests.Faults;

/// <summary>
/// Whatever fails at a fault point, in processes that throw, wait or die there: the client hears nothing that is not so, the
/// databases agree, nothing is left over, and it takes no longer than the document says.
/// </summary>
[Collection(typeof(MatrixCollection))]
public sealed class MatrixTests(MatrixRun run) : IClassFixture<MatrixRun>
{
    public static TheoryData<string, string, string> Cells()
    {
        var cells = new TheoryData<string, string, string>();
        foreach (var cell in MatrixDocument.Cases)
            cells.Add(cell.Row.Point.ToString(), cell.Row.Struck, cell.Fault.Column);
        return cells;
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task It_ends_as_the_document_says(string point, string struck, string fault)
    {
        var cell = MatrixDocument.Cases.Single(cell => cell.Row.Point.ToString() == point && cell.Row.Struck == struck && cell.Fault.Column == fault);

        var finding = await run.FindAsync(cell);

        TestContext.Current.TestOutputHelper!.WriteLine(finding.ToString());
        Assert.True(finding.Is(cell.Expected), $"The document says '{cell.Expected}', and it was {finding}.");
    }
}
