namespace Fat.Shop;

/// <summary>What a process does at a fault point.</summary>
internal enum Deed
{
    /// <summary>It goes on.</summary>
    Pass,

    /// <summary>It throws what the server's client would.</summary>
    Throw,

    /// <summary>It sends itself SIGKILL.</summary>
    Kill,
}
