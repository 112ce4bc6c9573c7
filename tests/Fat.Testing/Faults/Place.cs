namespace Fat.Testing.Faults;

/// <summary>Where a fault strikes.</summary>
/// <param name="Service">In which service.</param>
/// <param name="Site">At what.</param>
/// <param name="Side">On which side of it.</param>
internal readonly record struct Place(string Service, Site Site, Side Side);

/// <summary>A point of the protocol, or the way of a call to the service.</summary>
internal readonly record struct Site(FatTestPoint? Point)
{
    /// <summary>A call of another service to it.</summary>
    public static Site Call => default;

    public static implicit operator Site(FatTestPoint point) => new(point);

    public override string ToString() => Point?.ToString() ?? "Call";
}

internal enum Side
{
    Before,
    After,
}
