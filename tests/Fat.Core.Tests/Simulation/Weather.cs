namespace Fat.Core.Tests.Simulation;

/// <summary>
/// How bad a schedule's network and servers are: each kind of fault is there or not, so that some schedules have many of one kind.
/// Once calm, nothing is lost any more.
/// </summary>
internal sealed class Weather
{
    private static readonly TimeSpan Quick = TimeSpan.FromMicroseconds(100);
    private static readonly TimeSpan Usual = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan VerySlow = TimeSpan.FromSeconds(6);

    private readonly Dice _dice;
    private readonly int _slow;
    private readonly int _registryRequests;
    private readonly int _registryReplies;
    private readonly int _statements;
    private readonly int _results;
    private readonly int _refusals;
    private readonly int _calls;
    private readonly int _copies;

    public Weather(Dice dice)
    {
        _dice = dice;
        _slow = Sometimes(3, 40);
        _registryRequests = Sometimes(4, 150);
        _registryReplies = Sometimes(4, 150);
        _statements = Sometimes(6, 50);
        _results = Sometimes(5, 80);
        _refusals = Sometimes(8, 30);
        _calls = Sometimes(6, 150);
        _copies = Sometimes(4, 400);
    }

    private Weather(Dice dice, int copies) => (_dice, _copies) = (dice, copies);

    /// <summary>The faults are over.</summary>
    public bool IsCalm { get; set; }

    /// <summary>Every second request comes twice, and that is all.</summary>
    public static Weather OfCopies(Dice dice) => new(dice, copies: 500);

    public TimeSpan Latency()
    {
        if (IsCalm || !_dice.Chance(_slow))
            return _dice.Time(Quick, Usual);
        return _dice.OneIn(20) ? _dice.Time(Slow, VerySlow) : _dice.Time(Usual, Slow);
    }

    public bool LosesRegistryRequest() => Strikes(_registryRequests);

    public bool LosesRegistryReply() => Strikes(_registryReplies);

    public bool LosesStatement() => Strikes(_statements);

    public bool LosesResult() => Strikes(_results);

    public bool RefusesStatement(string what) => what[0] is 'W' or 'P' or 'I' && Strikes(_refusals);

    public bool LosesCall() => Strikes(_calls);

    public bool CopiesCall() => Strikes(_copies);

    private int Sometimes(int oneIn, int most) => _dice.OneIn(oneIn) ? _dice.Between(1, most) : 0;

    private bool Strikes(int perThousand) => perThousand > 0 && !IsCalm && _dice.Chance(perThousand);
}
