namespace Fat.Bench.Service;

/// <summary>What a client asks of the root: one write of its own and so many in other services.</summary>
public sealed record NewGroup(int Account, int Children);

/// <summary>What the root asks of a child: one write.</summary>
public sealed record NewPart(int Account);

/// <summary>The answer to either.</summary>
public sealed record Written(int Account);
