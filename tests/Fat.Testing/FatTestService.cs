using Fat.Coordination;
using Fat.Testing.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace Fat.Testing;

/// <summary>
/// A service of a cluster: one process at a time, which can be killed and started again, and databases that stay. Made by <see cref="FatTestCluster"/>. Thread-safe, but
/// for being started and stopped at the same time.
/// </summary>
public sealed class FatTestService
{
    private readonly Func<Incarnation, CancellationToken, Task<IRunningHost>> _start;
    private readonly List<(Incarnation Process, IRunningHost Host)> _dead = [];
    private readonly Lock _gate = new();
    private volatile Incarnation? _process;
    private volatile FatTestDatabase? _database;
    private IRunningHost? _host;
    private int _number;

    internal FatTestService(FatTestCluster cluster, string name, IReadOnlyList<Uri> addresses, Func<Incarnation, CancellationToken, Task<IRunningHost>> start)
    {
        Cluster = cluster;
        Name = name;
        Addresses = addresses;
        _start = start;
    }

    /// <summary>Its name: <see cref="FatOptions.ServiceName"/>.</summary>
    public string Name { get; }

    /// <summary>The addresses by which others reach it.</summary>
    public IReadOnlyList<Uri> Addresses { get; }

    /// <summary>Whether it runs.</summary>
    public bool IsRunning => _process is not null;

    /// <summary>
    /// The database of <c>[FatTransaction]</c> methods that name none: the one that is declared the default, else the first. It is also what the service's own code is given for a
    /// <see cref="FatTestDatabase"/>. Its others: <see cref="FatTestCluster.Database(string, string?)"/>.
    /// </summary>
    /// <exception cref="InvalidOperationException">It has not been started yet, so that nobody knows what it declares.</exception>
    public FatTestDatabase Database
    {
        get => KnownDatabase ?? throw new InvalidOperationException($"What databases '{Name}' declares is not known before it starts.");
        internal set => _database = value;
    }

    /// <summary>The services of the process that runs.</summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public IServiceProvider Services => Host.Services;

    internal FatTestCluster Cluster { get; }

    internal Incarnation? Process => _process;

    /// <summary>The same, or null before its first start.</summary>
    internal FatTestDatabase? KnownDatabase => _database;

    private IRunningHost Host => _host ?? throw new InvalidOperationException($"'{Name}' does not run.");

    /// <summary>A client that calls its endpoints as someone from outside would: it carries no group.</summary>
    /// <remarks>It goes on working when the service was killed and started again.</remarks>
    public HttpClient CreateClient() => new(new Router(Cluster, caller: null, new HttpClientHandler())) { BaseAddress = Addresses[0] };

    /// <summary>Starts it, when it was stopped or killed: a new process, over the same databases.</summary>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="InvalidOperationException">It runs.</exception>
    public async Task StartAsync(CancellationToken cancellationToken = default)
    {
        if (IsRunning)
            throw new InvalidOperationException($"'{Name}' runs.");
        var process = new Incarnation(this, ++_number);
        var host = await _start(process, cancellationToken).ConfigureAwait(false);
        process.Participant = host.Services.GetRequiredService<Participant>();
        lock (_gate)
            (_host, _process) = (host, process);
        Cluster.Book.Started(process, process.Participant.Node.Instance.Text);
    }

    /// <summary>
    /// Kills it: from now on nothing of it reaches a database, the registry or a caller, its connections break, and its open transactions roll back. What it has prepared or committed
    /// stays. Code of its own that awaits nothing of Fat's cannot be stopped, and runs on.
    /// </summary>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public void Kill() => Cluster.Kill(_process ?? throw new InvalidOperationException($"'{Name}' does not run."));

    /// <summary>Stops it as a deployment does: it lets its groups end first.</summary>
    /// <param name="cancellationToken">Gives up letting them end.</param>
    /// <exception cref="InvalidOperationException">It does not run.</exception>
    public async Task StopAsync(CancellationToken cancellationToken = default)
    {
        var host = Host;
        await host.StopAsync(cancellationToken).ConfigureAwait(false);
        lock (_gate)
            (_host, _process) = (null, null);
        Cluster.Book.Noted($"{Name} stops");
    }

    /// <summary>
    /// Calls a service of it, in a DI scope of its own. From within a group, as from another service's method, the call carries the group along, as
    /// <c>AddFatPropagation</c> does; from outside it is what the method's attributes say.
    /// </summary>
    /// <typeparam name="TService">The service.</typeparam>
    /// <param name="call">The call.</param>
    /// <param name="cancellationToken">Passed to the call.</param>
    /// <exception cref="FatTestKilledException">It was killed meanwhile.</exception>
    /// <exception cref="HttpRequestException">A fault has lost the request or the reply, or it does not run.</exception>
    /// <exception cref="FatAbortedException">The group rolls back.</exception>
    public Task CallAsync<TService>(Func<TService, CancellationToken, Task> call, CancellationToken cancellationToken = default)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(call);
        return CallAsync<TService, object?>(
            async (service, token) =>
            {
                await call(service, token).ConfigureAwait(false);
                return null;
            },
            cancellationToken);
    }

    /// <inheritdoc cref="CallAsync{TService}"/>
    /// <typeparam name="TService">The service.</typeparam>
    /// <typeparam name="TResult">The result.</typeparam>
    /// <returns>The result.</returns>
    public Task<TResult> CallAsync<TService, TResult>(Func<TService, CancellationToken, Task<TResult>> call, CancellationToken cancellationToken = default)
        where TService : class
    {
        ArgumentNullException.ThrowIfNull(call);
        return FatContext.Current is null
            ? OutsideAsync((services, token) => call(services.GetRequiredService<TService>(), token), cancellationToken)
            : InGroupAsync(typeof(TService).Name, services => call(services.GetRequiredService<TService>(), cancellationToken), cancellationToken);
    }

    /// <summary>Runs code of the test in it as the root of a group, in a DI scope of its own.</summary>
    /// <param name="body">The code. What it throws rolls the group back.</param>
    /// <param name="cancellationToken">The caller's cancellation.</param>
    /// <returns>How the group ended. An outcome is returned, not thrown.</returns>
    /// <exception cref="FatTestKilledException">It was killed meanwhile.</exception>
    public Task<FatScopeResult> RunAsync(Func<IServiceProvider, CancellationToken, Task> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return OutsideAsync(
            (services, token) => services.GetRequiredService<IFatScopes>().RunAsync(
                new FatScopeRequest("Test", new FatServiceRegisterAttribute()),
                async stop =>
                {
                    await body(services, stop).ConfigureAwait(false);
                    return null;
                },
                token),
            cancellationToken);
    }

    internal HttpMessageHandler CreateHandler() => Host.CreateHandler();

    /// <summary>Its process is gone; the host is disposed of when the cluster ends.</summary>
    internal void Died(Incarnation process)
    {
        lock (_gate)
        {
            if (_process != process || _host is not { } host)
                return;
            host.Services.GetRequiredService<IOptions<FatOptions>>().Value.ShutdownTimeout = TimeSpan.Zero;
            _dead.Add((process, host));
            (_host, _process) = (null, null);
        }
    }

    internal async Task EndAsync()
    {
        List<(Incarnation Process, IRunningHost Host)> dead;
        lock (_gate)
            dead = [.. _dead];
        foreach (var (process, host) in dead)
        {
            process.Bury();
            await host.StopAsync(CancellationToken.None).ConfigureAwait(false);
        }

        if (IsRunning)
            await StopAsync(CancellationToken.None).ConfigureAwait(false);
    }

    private async Task<TResult> OutsideAsync<TResult>(Func<IServiceProvider, CancellationToken, Task<TResult>> call, CancellationToken cancellationToken)
    {
        var process = _process ?? throw new InvalidOperationException($"'{Name}' does not run.");
        var services = Services;
        return await UnlessKilledAsync(
            process,
            async () =>
            {
                var scope = services.CreateAsyncScope();
                await using (scope.ConfigureAwait(false))
                    return await call(scope.ServiceProvider, cancellationToken).ConfigureAwait(false);
            },
            () => new FatTestKilledException(Name)).ConfigureAwait(false);
    }

    private async Task<TResult> InGroupAsync<TResult>(string name, Func<IServiceProvider, Task<TResult>> call, CancellationToken cancellationToken)
    {
        var remote = FatContext.BuildRemoteData(Name)!;
        TResult result = default!;
        try
        {
            var process = _process ?? throw new HttpRequestException(HttpRequestError.ConnectionError, $"Connection refused: '{Name}' does not run.");
            var groups = Wire.GroupsOf(remote.Fields.GetValueOrDefault(FatRemoteFields.Context));
            await Wire.BeforeAsync(process, groups).ConfigureAwait(false);
            var services = Services;
            var ended = await UnlessKilledAsync(
                process,
                () => services.GetRequiredService<IFatScopes>().RunAsync(
                    new FatScopeRequest(name, new FatServiceRegisterAttribute(), remote.Fields),
                    async _ =>
                    {
                        var scope = services.CreateAsyncScope();
                        await using (scope.ConfigureAwait(false))
                            result = await call(scope.ServiceProvider).ConfigureAwait(false);
                        return null;
                    },
                    cancellationToken),
                () => new HttpRequestException(HttpRequestError.ResponseEnded, $"The connection was reset: '{Name}' was killed.")).ConfigureAwait(false);
            await Wire.AfterAsync(process, groups).ConfigureAwait(false);
            if (ended.Error is { } error)
            {
                remote.Failed(error.Message, ended.Reply);
                throw error;
            }

            remote.Answered(ended.Reply);
            return result;
        }
        catch (HttpRequestException exception)
        {
            // Rolled back: the caller does not know what it did.
            remote.Failed($"no answer: {exception.Message}");
            throw;
        }
    }

    /// <summary>As in another process: nothing of the caller's asynchronous context flows in.</summary>
    private static async Task<TResult> UnlessKilledAsync<TResult>(Incarnation process, Func<Task<TResult>> work, Func<Exception> killed)
    {
        Task<TResult> running;
        using (ExecutionContext.SuppressFlow())
            running = Task.Run(work);
        return await Task.WhenAny(running, process.Killed).ConfigureAwait(false) == running ? await running.ConfigureAwait(false) : throw killed();
    }
}
