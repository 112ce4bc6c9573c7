namespace Fat.Coordination;

/// <summary>Something that this process does again and again, as whoever asks after its health sees it. Thread-safe.</summary>
internal interface ILoop
{
    /// <summary>Its name, for people.</summary>
    string Name { get; }

    /// <summary>Whether groups need it: without it they fail, or nobody finishes them.</summary>
    bool IsVital { get; }

    /// <summary>The longest time from one turn to the next, when all is well.</summary>
    TimeSpan Interval { get; }

    /// <summary>How long ago its last turn ended, well or not; more than the interval and a turn's time means that it is stuck.</summary>
    TimeSpan SinceEnd { get; }

    /// <summary>How long ago its last turn ended well.</summary>
    TimeSpan SinceSuccess { get; }
}
