using System.Globalization;
using System.Net.Security;
using Fat.Core.Tests.Registry;
using Fat.Core.Tests.World;
using Fat.Registry;
using Fat.Registry.Redis;
using Fat.TestServers;
using StackExchange.Redis;

namespace Fat.Core.Tests.Security;

/// <summary>Redis over TLS, its certificate signed by an authority that this machine does not know.</summary>
public sealed class TlsTests(TlsRedisFixture redis, Servers servers) : IClassFixture<TlsRedisFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_authority_that_is_named_is_trusted_on_both_connections() => await WorksAsync(redis.Options());

    [Fact]
    public async Task It_is_with_a_configuration_string_too() => await WorksAsync(new FatRedisOptions
    {
        Configuration = string.Create(CultureInfo.InvariantCulture, $"127.0.0.1:{redis.TlsPort},ssl=true,sslHost={TlsRedisFixture.Name}"),
        TlsAuthority = redis.Authority.File,
    });

    [Fact]
    public async Task It_is_beside_a_multiplexer_whose_callback_is_not_in_its_configuration()
    {
        var settings = new ConfigurationOptions { Ssl = true, SslHost = TlsRedisFixture.Name, EndPoints = { { "127.0.0.1", redis.TlsPort } } };
        settings.CertificateValidation += (_, _, _, errors) => (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) == SslPolicyErrors.None;
        using var multiplexer = await ConnectionMultiplexer.ConnectAsync(settings);

        await WorksAsync(new FatRedisOptions { TlsAuthority = redis.Authority.File }, multiplexer);
    }

    [Fact]
    public async Task Another_authority_is_refused()
    {
        using var other = new Authority(redis.Folder, "other");
        await RefusedAsync(options => options.TlsAuthority = other.File);
    }

    [Fact]
    public Task An_authority_that_nobody_named_is_refused() => RefusedAsync(options => options.TlsAuthority = null);

    [Fact]
    public Task A_certificate_for_another_name_is_refused() => RefusedAsync(options => options.TlsHost = "another.internal");

    [Fact]
    public Task A_certificate_for_another_name_than_the_host_is_refused() => RefusedAsync(options => options.TlsHost = null);

    [Fact]
    public async Task A_certificate_that_is_not_a_servers_is_refused()
    {
        await using var server = await TlsServer.StartAsync(redis.Authority, redis.Authority.Sign(TlsRedisFixture.Name, isServer: false));
        await RefusedAsync(options => options.Port = server.TlsPort);
    }

    [Fact]
    public async Task A_server_that_wants_a_certificate_is_shown_one()
    {
        await using var server = await TlsServer.StartAsync(redis.Authority, redis.Authority.Sign(TlsRedisFixture.Name), wantsCertificates: true);
        var (certificate, key) = redis.Authority.Sign("orders", isServer: false);

        await RefusedAsync(options => options.Port = server.TlsPort);
        await WorksAsync(redis.Options(options => (options.Port, options.TlsCertificate, options.TlsKey) = (server.TlsPort, certificate, key)));
    }

    [Theory]
    [InlineData("TlsAuthority")]
    [InlineData("TlsCertificate")]
    public void A_file_that_cannot_be_read_is_said_at_once(string option)
    {
        var nowhere = Path.Combine(redis.Folder, "nowhere.pem");
        var options = option == "TlsAuthority" ? new FatRedisOptions { TlsAuthority = nowhere } : new FatRedisOptions { TlsCertificate = nowhere };

        var refused = Assert.Throws<FatConfigurationException>(() => new RedisGroupRegistry(options, TimeProvider.System));
        Assert.Contains($"Fat:Redis:{option} '{nowhere}' cannot be read", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Services_run_their_groups_over_it()
    {
        await using var world = new TlsWorld(servers, redis);
        await world.InitializeAsync();
        var id = world.NextId();
        var result = await world.Orders.RootAsync(async (items, token) =>
        {
            await items.AddAsync(id, token);
            await world.Stock.CallAsync((items, token) => items.AddAsync(id, token));
        });

        Assert.Null(result.Error);
        await world.Stock.SeesAsync(id, Stop);
    }

    private static async Task WorksAsync(FatRedisOptions options, IConnectionMultiplexer? shared = null)
    {
        await using var registry = new RedisRegistry(options, TimeProvider.System, shared);
        var instance = GroupSample.NewInstance("orders");

        await registry.Groups.HeartbeatAsync(instance, Stop);
        Assert.Empty(await registry.Groups.ReceiveAsync(instance, TimeSpan.FromMilliseconds(10), Stop));
    }

    private async Task RefusedAsync(Action<FatRedisOptions> change)
    {
        await using var registry = new RedisGroupRegistry(redis.Options(change), TimeProvider.System);

        await Assert.ThrowsAsync<RegistryUnavailableException>(() => registry.HeartbeatAsync(GroupSample.NewInstance("orders"), Stop).AsTask());
    }

    private sealed class TlsWorld(Servers servers, TlsRedisFixture redis) : GroupWorld(servers)
    {
        protected override FatAnswer Answer => FatAnswer.Early;

        protected override void Configure(FatOptions options)
        {
            base.Configure(options);
            options.Redis = redis.Options(settings => settings.KeyPrefix = KeyPrefix);
        }
    }
}

/// <summary>A server with TLS for a name that is not its address.</summary>
public sealed class TlsRedisFixture : IAsyncLifetime
{
    public const string Name = "redis.internal";

    private TlsServer _server = null!;

    public string Folder { get; } = Directory.CreateTempSubdirectory("fat-tls-").FullName;

    public int TlsPort => _server.TlsPort;

    internal Authority Authority { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Authority = new Authority(Folder, "authority");
        _server = await TlsServer.StartAsync(Authority, Authority.Sign(Name));
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync();
        Authority.Dispose();
        Directory.Delete(Folder, recursive: true);
    }

    internal FatRedisOptions Options(Action<FatRedisOptions>? change = null)
    {
        var options = new FatRedisOptions { Port = TlsPort, Tls = true, TlsHost = Name, TlsAuthority = Authority.File, ConnectTimeout = TimeSpan.FromSeconds(2), CommandTimeout = TimeSpan.FromSeconds(1) };
        change?.Invoke(options);
        return options;
    }
}

/// <summary>A redis-server that listens with TLS beside its plain port, on which the test finds out that it is up.</summary>
internal sealed class TlsServer(RedisServer server, int port) : IAsyncDisposable
{
    public int TlsPort => port;

    public static async Task<TlsServer> StartAsync(Authority authority, (string Certificate, string Key) files, bool wantsCertificates = false)
    {
        var port = FreePort.Next();
        var server = await RedisServer.StartAsync(
            new RedisServerOptions
            {
                ExtraArguments =
                [
                    "--tls-port", port.ToString(CultureInfo.InvariantCulture), "--tls-cert-file", files.Certificate, "--tls-key-file", files.Key, "--tls-ca-cert-file", authority.File,
                    "--tls-auth-clients", wantsCertificates ? "yes" : "no",
                ],
            },
            TestContext.Current.CancellationToken);
        return new TlsServer(server, port);
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();
}
