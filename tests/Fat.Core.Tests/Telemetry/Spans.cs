using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace Fat.Core.Tests.Telemetry;

/// <summary>Every span of Fat that ends while this lives.</summary>
internal sealed class Spans : IDisposable
{
    private readonly ConcurrentQueue<Activity> _ended = new();
    private readonly ActivityListener _listener;

    public Spans()
    {
        _listener = new ActivityListener
        {
            ShouldListenTo = static source => source.Name == "Fat",
            Sample = static (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = _ended.Enqueue,
        };
        ActivitySource.AddActivityListener(_listener);
    }

    public void Dispose() => _listener.Dispose();

    public IReadOnlyList<Activity> Of(string gid) => [.. _ended.Where(span => span.GetTagItem("fat.gid") as string == gid)];

    /// <summary>Waits until as many spans of a name have ended in the group: phase 2 comes behind the client's answer.</summary>
    public async Task<IReadOnlyList<Activity>> UntilAsync(string gid, string name, int count = 1)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (Of(gid).Count(span => span.OperationName == name) < count)
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, deadline.Token);
        return Of(gid);
    }

    /// <summary>
    /// The spans of one trace, each below its parent, with what became of it; those of one parent by name. Spans whose parent is none of them stand on the left.
    /// </summary>
    public static string Tree(IReadOnlyList<Activity> spans)
    {
        var text = new StringBuilder();
        var ids = spans.Select(span => span.SpanId).ToHashSet();
        Write(spans.Where(span => !ids.Contains(span.ParentSpanId)), 0);
        return text.ToString().TrimEnd();

        void Write(IEnumerable<Activity> level, int depth)
        {
            foreach (var span in level.OrderBy(Line, StringComparer.Ordinal))
            {
                text.Append(CultureInfo.InvariantCulture, $"{new string(' ', depth * 2)}{Line(span)}\n");
                Write(spans.Where(below => below.ParentSpanId == span.SpanId), depth + 1);
            }
        }
    }

    private static string Line(Activity span)
    {
        var line = new StringBuilder(span.OperationName);
        foreach (var tag in new[] { "fat.service", "fat.outcome", "fat.vote", "fat.decision" })
        {
            if (span.GetTagItem(tag) is string value)
                line.Append(CultureInfo.InvariantCulture, $" {value}");
        }

        if (span.Status == ActivityStatusCode.Error)
            line.Append(CultureInfo.InvariantCulture, $" ! {span.GetTagItem("error.type")}: {span.StatusDescription}");
        return line.ToString();
    }
}
