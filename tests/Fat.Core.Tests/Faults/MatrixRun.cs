using System.Threading.Channels;
using Fat.Core.Tests.World;

namespace Fat.Core.Tests.Faults;

/// <summary>
/// Plays the cases of the matrix. Most of a case is waiting, so while a test waits for one, the next ones of the document are
/// played in other lanes already.
/// </summary>
public sealed class MatrixRun(Servers servers) : IAsyncLifetime
{
    private const int Lanes = 4;
    private const int Ahead = 3 * Lanes;

    private readonly Dictionary<MatrixCase, Task<Finding>> _played = [];
    private readonly Channel<Lane> _idle = Channel.CreateUnbounded<Lane>();
    private readonly List<Lane> _lanes = [];

    public async ValueTask InitializeAsync()
    {
        for (var number = 0; number < Lanes; number++)
        {
            var lane = new Lane(servers, number);
            _lanes.Add(lane);
            await lane.CreateAsync();
            await _idle.Writer.WriteAsync(lane);
        }
    }

    /// <summary>What came of a case. One test asks at a time.</summary>
    internal Task<Finding> FindAsync(MatrixCase asked)
    {
        var next = MatrixDocument.Cases.SkipWhile(one => one != asked).Where(one => !_played.ContainsKey(one)).Take(_played.ContainsKey(asked) ? Ahead : Ahead + 1);
        foreach (var one in next.ToList())
            _played[one] = PlayAsync(one);
        return _played[asked];
    }

    public async ValueTask DisposeAsync()
    {
        await ((Task)Task.WhenAll(_played.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        foreach (var lane in _lanes)
            await lane.DisposeAsync();
    }

    private async Task<Finding> PlayAsync(MatrixCase played)
    {
        var lane = await _idle.Reader.ReadAsync();
        try
        {
            return await new Play(played, lane).RunAsync(CancellationToken.None);
        }
        catch (Exception failure)
        {
            var tails = lane.Tails();
            await lane.KillAllAsync();
            throw new InvalidOperationException($"{played} could not be played: {failure.Message}\n{tails}", failure);
        }
        finally
        {
            await _idle.Writer.WriteAsync(lane);
        }
    }
}
