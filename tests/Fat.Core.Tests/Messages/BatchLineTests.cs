using Fat.Messages;
using Fat.Resources;

namespace Fat.Core.Tests.Messages;

public sealed class BatchLineTests : IDisposable
{
    private readonly List<(IReadOnlyList<int> Batch, TaskCompletionSource End)> _sent = [];
    private readonly SemaphoreSlim _begun = new(0);
    private readonly BatchLine<int> _line;

    public BatchLineTests() => _line = new BatchLine<int>(Background.ThreadPool, batch =>
    {
        var end = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _sent.Add((batch, end));
        _begun.Release();
        return end.Task;
    });

    public void Dispose() => _begun.Dispose();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_comes_while_a_batch_is_under_way_goes_with_the_next_in_its_order()
    {
        var first = _line.SendAsync(0, Stop);
        await _begun.WaitAsync(Stop);
        var others = Enumerable.Range(1, 10).Select(number => _line.SendAsync(number, Stop)).ToArray();
        Assert.False(first.IsCompleted);

        _sent[0].End.SetResult();
        await first;
        await _begun.WaitAsync(Stop);

        Assert.Equal([0], _sent[0].Batch);
        Assert.Equal(Enumerable.Range(1, 10), _sent[1].Batch);
        Assert.All(others, one => Assert.False(one.IsCompleted));
        _sent[1].End.SetResult();
        await Task.WhenAll(others);
        Assert.Equal(2, _sent.Count);
    }

    [Fact]
    public async Task A_batch_has_a_size_that_it_does_not_pass()
    {
        var first = _line.SendAsync(0, Stop);
        await _begun.WaitAsync(Stop);
        var others = Enumerable.Range(1, 100).Select(number => _line.SendAsync(number, Stop)).ToArray();
        _sent[0].End.SetResult();
        await _begun.WaitAsync(Stop);
        _sent[1].End.SetResult();
        await _begun.WaitAsync(Stop);
        _sent[2].End.SetResult();

        await Task.WhenAll([first, .. others]);

        Assert.Equal(Enumerable.Range(0, 101), _sent.SelectMany(one => one.Batch));
        Assert.Equal([1, 64, 36], _sent.Select(one => one.Batch.Count));
    }

    [Fact]
    public async Task Whoever_was_in_a_batch_that_failed_is_told_and_the_next_one_goes()
    {
        var first = _line.SendAsync(0, Stop);
        await _begun.WaitAsync(Stop);
        var second = _line.SendAsync(1, Stop);
        var third = _line.SendAsync(2, Stop);
        _sent[0].End.SetResult();
        await _begun.WaitAsync(Stop);
        var failure = new IOException("Nobody knows.");
        _sent[1].End.SetException(failure);

        await first;
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => second));
        Assert.Same(failure, await Assert.ThrowsAsync<IOException>(() => third));

        var fourth = _line.SendAsync(3, Stop);
        await _begun.WaitAsync(Stop);
        _sent[2].End.SetResult();
        await fourth;
        Assert.Equal([3], _sent[2].Batch);
    }

    [Fact]
    public async Task Whoever_waits_no_longer_does_not_keep_his_item_back()
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        var first = _line.SendAsync(0, Stop);
        await _begun.WaitAsync(Stop);
        var second = _line.SendAsync(1, patience.Token);

        await patience.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        _sent[0].End.SetResult();
        await first;
        await _begun.WaitAsync(Stop);

        Assert.Equal([1], _sent[1].Batch);
        _sent[1].End.SetResult();
    }
}
