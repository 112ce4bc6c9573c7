using System.Threading.Channels;
using Microsoft.EntityFrameworkCore;

namespace Fat.Bench.Service.TwoPhase;

/// <summary>Deletes decisions that everybody has obeyed, many at a time.</summary>
internal sealed class DecisionsCarriedOut(IServiceScopeFactory scopes) : BackgroundService
{
    private const int LargestBatch = 5_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Channel<Guid> _groups = Channel.CreateUnbounded<Guid>(new UnboundedChannelOptions { SingleReader = true });

    public void Add(Guid group) => _groups.Writer.TryWrite(group);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (await _groups.Reader.WaitToReadAsync(stoppingToken))
        {
            var batch = new List<Guid>();
            while (batch.Count < LargestBatch && _groups.Reader.TryRead(out var group))
                batch.Add(group);
            await using var scope = scopes.CreateAsyncScope();
            var context = scope.ServiceProvider.GetRequiredService<LedgerContext>();
            await context.Decisions.Where(decision => batch.Contains(decision.Group)).ExecuteDeleteAsync(stoppingToken);
            await Task.Delay(Interval, TimeProvider.System, stoppingToken);
        }
    }
}
