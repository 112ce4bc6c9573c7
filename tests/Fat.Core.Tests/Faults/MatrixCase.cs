namespace Fat.Core.Tests.Faults;

/// <summary>A cell of the matrix that says something.</summary>
internal sealed record MatrixCase(MatrixRow Row, Fault Fault)
{
    public string Expected => Row.Outcomes[Fault];

    public override string ToString() => $"{Row.Point}, {Row.Struck}, {Fault.Column}";
}
