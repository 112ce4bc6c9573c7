namespace Demo.Shop;

/// <summary>Why an order was not taken: the problem details of the answer.</summary>
/// <param name="Detail">What happened, in words.</param>
/// <param name="Service">The service in which it happened first.</param>
/// <param name="Method">The method in which it happened first.</param>
internal sealed record Problem(string? Detail, string? Service, string? Method)
{
    public override string ToString() => Service is null ? $"{Detail}" : $"{Service}, {Method}: {Detail}";
}
