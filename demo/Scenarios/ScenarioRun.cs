using System.Diagnostics;
using Demo.Reporting;
using Demo.Shop;
using Demo.Stage;

namespace Demo.Scenarios;

/// <summary>One scenario being played: reads the books before and after, and judges.</summary>
internal sealed class ScenarioRun(Scenario scenario, ShopStage stage, Terminal terminal)
{
    private const int TailLength = 15;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(20);

    private readonly List<string> _faults = [];
    private readonly Dictionary<ServiceProcess, long> _linesBefore = stage.Services.ToDictionary(service => service, service => service.LineCount);

    public ShopStage Stage => stage;

    public ShopClient Shop => stage.Client;

    /// <summary>Plays the scenario and prints what it showed; returns whether everything was as it must be.</summary>
    public async Task<bool> PlayAsync(CancellationToken cancellationToken)
    {
        terminal.Line();
        terminal.Title($"{scenario.Number}  {scenario.Title}");
        terminal.Faint($"   {scenario.Story}");
        var clock = Stopwatch.StartNew();
        try
        {
            await JudgeAsync(cancellationToken);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            _faults.Add($"{failure.GetType().Name}: {failure.Message}");
        }

        Conclude(clock.Elapsed);
        return _faults.Count == 0;
    }

    /// <summary>Tells what is happening.</summary>
    public void Say(string text) => terminal.Line($"   · {text}");

    /// <summary>Shows how far a long piece of work is.</summary>
    public void Progress(string text, bool lasting) => terminal.Progress($"   · {text}", lasting);

    /// <summary>Notes a fault unless something is as it must be.</summary>
    public void Expect(bool holds, string what)
    {
        if (!holds)
            _faults.Add($"expected: {what}");
    }

    /// <summary>Places an order and tells the answer.</summary>
    public async Task<Answer> PlaceAsync<TOrder>(string endpoint, TOrder order, CancellationToken cancellationToken)
    {
        var answer = await Shop.PlaceAsync(endpoint, order, cancellationToken);
        Tell(endpoint, answer);
        return answer;
    }

    /// <summary>
    /// Places an order that stands still when its children have answered, lets something happen meanwhile, and lets the
    /// order go on.
    /// </summary>
    public async Task<Answer> PlaceGatedAsync(NewOrder order, Func<Task> meanwhile, CancellationToken cancellationToken)
    {
        const string endpoint = "orders/gated";
        var placing = Shop.PlaceAsync(endpoint, order, cancellationToken);
        var atGate = Shop.WaitAtGateAsync(order.Number, cancellationToken);
        if (await Task.WhenAny(placing, atGate) == placing)
            throw new InvalidOperationException($"The order never came to its gate: {await placing}");
        await atGate;
        Say($"Stock and Accounts have answered, Orders has not decided; {await stage.Databases.ReadPreparedAsync(cancellationToken)}");
        try
        {
            await meanwhile();
        }
        finally
        {
            await Shop.OpenGateAsync(order.Number, cancellationToken);
        }

        var answer = await placing;
        Tell(endpoint, answer);
        return answer;
    }

    /// <summary>Waits until a message is in a state, and tells what became of its branches.</summary>
    public async Task<Message> MessageAsync(Guid order, MessageState state, CancellationToken cancellationToken)
    {
        var message = await MessageAsync(order, message => message.State == state, cancellationToken);
        Say(message.ToString());
        return message;
    }

    /// <summary>Waits until a message is as wished.</summary>
    /// <exception cref="TimeoutException">It is not in time.</exception>
    public async Task<Message> MessageAsync(Guid order, Func<Message, bool> holds, CancellationToken cancellationToken)
    {
        var clock = Stopwatch.StartNew();
        while (true)
        {
            var message = await Shop.FindMessageAsync(order, cancellationToken);
            if (message is not null && holds(message))
                return message;
            if (clock.Elapsed > SettleTimeout)
                throw new TimeoutException($"The message is not as expected within {SettleTimeout.TotalSeconds:0} s: {message}");
            await Task.Delay(PollInterval, TimeProvider.System, cancellationToken);
        }
    }

    private void Tell(string endpoint, Answer answer) => Say($"POST /{endpoint} → {answer}");

    private async Task JudgeAsync(CancellationToken cancellationToken)
    {
        await stage.Databases.ClearAsync(cancellationToken);
        await scenario.PrepareAsync(Shop, cancellationToken);
        await stage.Databases.WaitUntilNonePreparedAsync(SettleTimeout, cancellationToken);
        var before = await stage.Databases.ReadAsync(cancellationToken);
        var clock = Stopwatch.StartNew();
        var expected = await scenario.ActAsync(this, cancellationToken);
        var acted = clock.Elapsed;
        var prepared = await stage.Databases.WaitUntilNonePreparedAsync(SettleTimeout, cancellationToken);
        var settled = clock.Elapsed;
        var after = await stage.Databases.ReadAsync(cancellationToken);

        foreach (var line in BooksTable.Lines(before, after))
            terminal.Line($"     {line}");
        terminal.Line($"     played in {acted.TotalMilliseconds:0} ms, nothing left prepared after {settled.TotalMilliseconds:0} ms");
        var change = before.ChangeTo(after);
        Expect(prepared.IsNone, $"nothing prepared within {SettleTimeout.TotalSeconds:0} s, but {prepared}");
        Expect(change == expected, $"{expected}; found {change}");
        Expect(after.HoldsAsMuchAs(before), "as many pieces and as much money as before");
    }

    private void Conclude(TimeSpan took)
    {
        if (_faults.Count == 0)
        {
            terminal.Good($"   passed in {took.TotalSeconds:0.0} s");
            return;
        }

        foreach (var fault in _faults)
            terminal.Bad($"   {fault}");
        foreach (var service in stage.Services)
        {
            foreach (var line in service.LinesAfter(_linesBefore[service]).TakeLast(TailLength))
                terminal.Faint($"     {service.Name}: {line}");
        }

        terminal.Bad($"   FAILED in {took.TotalSeconds:0.0} s");
    }
}
