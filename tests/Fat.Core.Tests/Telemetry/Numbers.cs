using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace Fat.Core.Tests.Telemetry;

/// <summary>Everything that is measured by Fat's meter while this lives.</summary>
internal sealed class Numbers : IDisposable
{
    private readonly ConcurrentQueue<Number> _measured = new();
    private readonly MeterListener _listener = new();

    public Numbers()
    {
        _listener.InstrumentPublished = static (instrument, listener) =>
        {
            if (instrument.Meter.Name == "Fat")
                listener.EnableMeasurementEvents(instrument);
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Add(instrument, value, tags));
        _listener.Start();
    }

    public IReadOnlyCollection<Number> All => [.. _measured];

    public void Dispose() => _listener.Dispose();

    /// <summary>Measurements of an instrument with these attributes, among others; of an observable one as it stands now.</summary>
    public IReadOnlyList<Number> Of(string instrument, params (string Key, string Value)[] attributes)
    {
        _listener.RecordObservableInstruments();
        return [.. _measured.Where(number => number.Instrument == instrument && attributes.All(wanted => number.Attributes.GetValueOrDefault(wanted.Key) == wanted.Value))];
    }

    /// <summary>Waits until there are so many: some are measured behind what a test waits for.</summary>
    public async Task<IReadOnlyList<Number>> UntilAsync(int count, string instrument, params (string Key, string Value)[] attributes)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        deadline.CancelAfter(TimeSpan.FromSeconds(20));
        while (true)
        {
            var numbers = Of(instrument, attributes);
            if (numbers.Count >= count)
                return numbers;
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, deadline.Token);
        }
    }

    private void Add(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags) =>
        _measured.Enqueue(new Number(instrument.Name, value, tags.ToArray().ToDictionary(tag => tag.Key, tag => (string?)tag.Value, StringComparer.Ordinal)));
}

/// <summary>One measurement.</summary>
internal sealed record Number(string Instrument, double Value, IReadOnlyDictionary<string, string?> Attributes);
