using System.Text;

namespace Fat.Testing.Hosting;

/// <summary>Waits for what a test expects, lets the cluster's clock run ahead meanwhile, and tells the whole story when it does not come.</summary>
internal sealed class Patience(FatTestCluster cluster)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan Leap = TimeSpan.FromMilliseconds(500);

    /// <summary>Waits until there is what is looked for; it is looked for again with each change.</summary>
    public async Task<T> FindAsync<T>(Func<T?> find, Func<string> expected, CancellationToken cancellationToken)
        where T : class
    {
        var began = TimeProvider.System.GetTimestamp();
        while (true)
        {
            var changed = cluster.Book.Changed;
            if (find() is { } found)
                return found;
            if (TimeProvider.System.GetElapsedTime(began) > cluster.Options.Patience)
                throw new FatTestException(Story($"{expected()}, and it is not so after {cluster.Options.Patience.TotalSeconds:0.#} s."));
            if (!await EndsAsync(changed, cancellationToken).ConfigureAwait(false))
                RunAhead();
        }
    }

    /// <summary>Waits for a task that does not fail.</summary>
    public async Task AwaitAsync(Task task, Func<string> expected, CancellationToken cancellationToken)
    {
        var began = TimeProvider.System.GetTimestamp();
        while (!await EndsAsync(task, cancellationToken).ConfigureAwait(false))
        {
            if (TimeProvider.System.GetElapsedTime(began) > cluster.Options.Patience)
                throw new FatTestException(Story($"{expected()}, and it did not within {cluster.Options.Patience.TotalSeconds:0.#} s."));
            RunAhead();
        }
    }

    public string Story(string problem)
    {
        var text = new StringBuilder(problem).AppendLine().AppendLine();
        foreach (var group in cluster.Book.All)
            text.AppendLine(group.ToString());
        if (cluster.Book.All.Count == 0)
            text.AppendLine("No group has begun.");
        if (cluster.Faults.Plan.All is { Count: > 0 } faults)
            text.AppendLine($"Faults: {string.Join("; ", faults)}.");
        if (cluster.Book.Notes is { Count: > 0 } notes)
            text.AppendLine($"The cluster: {string.Join("; ", notes)}.");
        return text.ToString();
    }

    private static async Task<bool> EndsAsync(Task task, CancellationToken cancellationToken)
    {
        try
        {
            await task.WaitAsync(Look, TimeProvider.System, cancellationToken).ConfigureAwait(false);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    private void RunAhead()
    {
        if (cluster.Options.RunsAhead && cluster.IsIdle)
            cluster.Clock.Advance(Leap);
    }
}
