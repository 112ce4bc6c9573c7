namespace Fat.Core.Tests.ScaleOut;

/// <summary>How many commands came, of which kind, to which key, and when.</summary>
internal sealed class CommandCount(Func<TimeSpan> now)
{
    /// <summary>The time in which commands count as having come together.</summary>
    public static readonly TimeSpan Moment = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<string, long> _kinds = new(StringComparer.Ordinal);
    private readonly Dictionary<string, long> _keys = new(StringComparer.Ordinal);
    private readonly Dictionary<long, long> _moments = [];
    private TimeSpan _from;

    public long All { get; private set; }

    /// <summary>A second, on the average since the count began.</summary>
    public double Rate => All / (now() - _from).TotalSeconds;

    /// <summary>A second, in the fullest moment.</summary>
    public double Peak => _moments.Values.DefaultIfEmpty().Max() / Moment.TotalSeconds;

    /// <summary>A second, of one kind.</summary>
    public double RateOf(string kind) => _kinds.GetValueOrDefault(kind) / (now() - _from).TotalSeconds;

    public IEnumerable<(string Kind, double Rate)> Kinds => _kinds.Keys.Order(StringComparer.Ordinal).Select(kind => (kind, RateOf(kind)));

    /// <summary>The key that most commands went to, and its share of them.</summary>
    public (string Key, double Share) Hottest
    {
        get
        {
            var (key, count) = _keys.MaxBy(pair => pair.Value);
            return (key, count / (double)All);
        }
    }

    public void Begin()
    {
        _from = now();
        All = 0;
        _kinds.Clear();
        _keys.Clear();
        _moments.Clear();
    }

    public void Add(string kind, string key, long count = 1)
    {
        All += count;
        _kinds[kind] = _kinds.GetValueOrDefault(kind) + count;
        _keys[key] = _keys.GetValueOrDefault(key) + count;
        var moment = now().Ticks / Moment.Ticks;
        _moments[moment] = _moments.GetValueOrDefault(moment) + count;
    }
}
