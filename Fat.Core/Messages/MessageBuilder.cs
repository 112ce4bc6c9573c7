using System.Collections.Immutable;
using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Transactions;
using Fat.Coordination;
using Fat.Protocol;
using Fat.Registry;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Fat.Messages;

/// <summary>Collects a message's branches, and hands it to its transaction.</summary>
internal sealed class MessageBuilder(MessageId id, MessageCenter center, Topics topics, BranchCaller caller, Submission submission) : FatMessage
{
    private const int LongestKey = 128;

    /// <summary>Ten years, as for DTM's clients: what is longer is a mistake, and no date.</summary>
    private static readonly TimeSpan LongestPause = TimeSpan.FromDays(3650);

    /// <summary>Whether a path can be called does not depend on where the service is.</summary>
    private static readonly Uri AnyService = new("http://service/");

    private static readonly JsonSerializerOptions Format = JsonSerializerOptions.Web;

    private readonly List<Part> _parts = [];
    private Dictionary<string, string>? _headers;
    private TimeSpan _delay;
    private TimeSpan? _retry;
    private bool _concurrent;
    private bool _used;

    public override string Gid => id.Text;

    public override FatMessage Call(string service, string path, object? body = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(service);
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (!Uri.TryCreate(AnyService, path, out var address) || address.Scheme is not ("http" or "https"))
            throw new ArgumentException($"'{path}' is not a path: with the address of a service it makes no address of http or https.", nameof(path));
        _parts.Add(new Part(new MessageBranch(string.Empty) { Service = service, Url = path, Body = Write(body) }, null));
        return this;
    }

    public override FatMessage Call(Uri address, object? body = null)
    {
        ArgumentNullException.ThrowIfNull(address);
        if (!address.IsAbsoluteUri || (address.Scheme != Uri.UriSchemeHttp && address.Scheme != Uri.UriSchemeHttps))
            throw new ArgumentException($"'{address}' is not an absolute address of http or https.", nameof(address));
        _parts.Add(new Part(new MessageBranch(string.Empty) { Url = address.AbsoluteUri, Body = Write(body) }, null));
        return this;
    }

    public override FatMessage Publish<T>(string topic, T message, string? key = null)
    {
        if (!FatName.TryParse(topic, out var name))
            throw new ArgumentException($"'{topic}' is not a valid topic: use 1 to {FatName.MaxLength} of A-Z a-z 0-9 . _ -", nameof(topic));
        if (key is { Length: 0 or > LongestKey })
            throw new ArgumentException($"A key has 1 to {LongestKey} characters.", nameof(key));
        _parts.Add(new Part(new MessageBranch(string.Empty) { Topic = topic, Key = key, Body = JsonSerializer.Serialize(message, Format) }, name));
        return this;
    }

    public override FatMessage Delay(TimeSpan delay)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(delay, LongestPause);
        _delay = delay;
        return this;
    }

    public override FatMessage Concurrent()
    {
        _concurrent = true;
        return this;
    }

    public override FatMessage Header(string name, string value)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        ArgumentNullException.ThrowIfNull(value);
        if (BranchHeaders.Problem(name, value) is { } problem)
            throw new ArgumentException($"The header cannot be sent: {problem}.", nameof(name));
        (_headers ??= new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase))[name] = value;
        return this;
    }

    public override FatMessage RetryEvery(TimeSpan interval)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(interval, TimeSpan.FromMilliseconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(interval, LongestPause);
        _retry = interval;
        return this;
    }

    public override async Task DoAndSubmitAsync(DbContext db, Func<IDbContextTransaction, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(work);
        var message = await CompleteAsync(center.Stores.OfContext(db), cancellationToken).ConfigureAwait(false);
        if (db.Database.CurrentTransaction is { } running)
        {
            // Nobody would tell when a transaction of the application's has ended.
            if (FatLocalTransaction.Current?.Transaction != running.GetDbTransaction())
                throw new InvalidOperationException($"{db.GetType().Name} has a transaction of its own: a message begins its local transaction itself, or belongs to that of a [FatTransaction] method. End it first.");
            await submission.EnlistAsync(message, running.GetDbTransaction(), () => work(running), cancellationToken).ConfigureAwait(false);
            return;
        }

        RefuseBesideBranch(message);
        using var preparation = submission.Prepare(message);
        var transaction = await BarrierTransaction.BeginAsync(db, message.Rows.Database.Dialect, cancellationToken).ConfigureAwait(false);
        await using (transaction.ConfigureAwait(false))
            await submission.DoAsync(message, preparation, transaction, () => work(transaction.OfContext!), cancellationToken).ConfigureAwait(false);
    }

    public override async Task DoAndSubmitAsync(DbConnection db, Func<DbTransaction, Task> work, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(db);
        ArgumentNullException.ThrowIfNull(work);
        var message = await CompleteAsync(center.Stores.OfConnection(db), cancellationToken).ConfigureAwait(false);
        if (FatLocalTransaction.Current is { } current && ReferenceEquals(current.Connection, db))
        {
            await submission.EnlistAsync(message, current.Transaction, () => work(current.Transaction), cancellationToken).ConfigureAwait(false);
            return;
        }

        RefuseBesideBranch(message);
        using var preparation = submission.Prepare(message);
        await submission.TransactAsync(message, preparation, db, work, cancellationToken).ConfigureAwait(false);
    }

    public override async Task SubmitAsync(CancellationToken cancellationToken = default)
    {
        if (Submission.RunningDatabase is { } running)
        {
            await submission.EnlistAsync(await CompleteAsync(center.Stores.Known(running), cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);
            return;
        }

        var rows = center.Stores.Default
            ?? throw new FatConfigurationException("A message needs a database: call AddDbContext<T>() or AddDatabase(...) behind AddFat(...), of a product that has a barrier table.");
        var message = await CompleteAsync(rows, cancellationToken).ConfigureAwait(false);
        using var preparation = submission.Prepare(message);
        var connection = rows.Database.Connect(center.Services);
        await using (connection.ConfigureAwait(false))
            await submission.TransactAsync(message, preparation, connection, static _ => Task.CompletedTask, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Where the method has a TransactionScope, none of its own can begin anyway.</summary>
    private static void RefuseBesideBranch(MadeMessage message)
    {
        var database = message.Rows.Database.Name;
        if (Transaction.Current is null && BranchFrame.IsInGroup(database))
        {
            throw new InvalidOperationException(
                $"Message {message.Id} would begin a transaction of its own inside of a [FatTransaction] method on database '{database}', and be committed even if the method's group rolls back: " +
                "hand over the context or the connection that the method works with (FatLocalTransaction.Current), call SubmitAsync, or, where that is meant, do it inside FatContext.Suppress().");
        }
    }

    private static string? Write(object? body) => body is null ? null : JsonSerializer.Serialize(body, body.GetType(), Format);

    private async Task<MadeMessage> CompleteAsync(MessageRows rows, CancellationToken cancellationToken)
    {
        if (_used)
            throw new InvalidOperationException($"Message {Gid} has been submitted already: begin another one with New().");
        _used = true;
        var branches = new List<MessageBranch>();
        foreach (var part in _parts)
        {
            if (part.Topic is { } topic)
            {
                foreach (var group in await GroupsAsync(topic, cancellationToken).ConfigureAwait(false))
                    branches.Add(part.Branch with { Id = Number(branches.Count + 1), Group = group.Text });
            }
            else
            {
                if (caller.Problem(part.Branch) is { } problem)
                    throw new FatMessageRefusedException(Gid, FatMessageRefusal.UnknownService, problem);
                branches.Add(part.Branch with { Id = Number(branches.Count + 1) });
            }
        }

        if (branches.Count == 0)
            throw new FatMessageRefusedException(Gid, FatMessageRefusal.Empty, $"Message {Gid} has no branch: add one with Call or Publish.");
        var document = new MessageDocument(center.Node.Service.Text, branches)
        {
            Delay = (long)_delay.TotalMilliseconds,
            Concurrent = _concurrent,
            Retry = (long?)_retry?.TotalMilliseconds,
            Headers = _headers,
            Op = branches.Exists(branch => branch.Topic is null) ? BranchCaller.Action : null,
            Attempt = id.IsOwn ? null : Guid.NewGuid().ToString("N"),
            Trace = Activity.Current?.Id,
        };
        var text = document.Write();
        return Encoding.UTF8.GetByteCount(text) is var size && size <= center.Options.SizeLimit
            ? new MadeMessage(id, document, text, rows)
            : throw new FatMessageRefusedException(Gid, FatMessageRefusal.TooLarge, $"Message {Gid} has {size} bytes, and {center.Options.SizeLimit} are allowed (Fat:Messages:SizeLimit).");
    }

    private async Task<ImmutableArray<FatName>> GroupsAsync(FatName topic, CancellationToken cancellationToken)
    {
        try
        {
            var groups = await topics.GroupsAsync(topic, cancellationToken).ConfigureAwait(false);
            return groups.Length > 0
                ? groups
                : throw new FatMessageRefusedException(
                    Gid, FatMessageRefusal.UnknownTopic, $"Nobody has ever subscribed to topic '{topic}': start a service with a [FatSubscribe(\"{topic}\")] method, or see whether the name is right.");
        }
        catch (RegistryUnavailableException exception)
        {
            // Nothing was done.
            throw new FatMessageRefusedException(
                Gid, FatMessageRefusal.UnknownTopic, $"Who has subscribed to topic '{topic}' is not known here, and cannot be asked now: repeat it when the registry is back ({exception.Message}).", exception);
        }
    }

    private static string Number(int number) => number.ToString("00", CultureInfo.InvariantCulture);

    private sealed record Part(MessageBranch Branch, FatName? Topic);
}
