using System.Reflection;
using StackExchange.Redis;

namespace Fat.Registry.Redis;

/// <summary>
/// The settings of the two multiplexers. Only properties whose signatures are the same in StackExchange.Redis 1.2.6, 2.x and 3.x are
/// used, so that an application keeps its own version.
/// </summary>
internal sealed class RedisConfiguration
{
    /// <summary>The longest that one pop may block the connection that is kept for it.</summary>
    public static readonly TimeSpan LongestBlock = TimeSpan.FromSeconds(20);

    /// <summary>How often the client asks each server whether it is master or replica; its own default is a minute.</summary>
    private const int RoleCheckSeconds = 5;

    /// <summary>From 2.0 on answers that are awaited may have a time-out of their own (asyncTimeout); null before.</summary>
    private static readonly PropertyInfo? AsyncTimeout = typeof(ConfigurationOptions).GetProperty(nameof(AsyncTimeout));

    private static readonly CommandMap WithoutSubscriptions = CommandMap.Create(["SUBSCRIBE", "PSUBSCRIBE"], available: false);

    private readonly ConfigurationOptions _settings;
    private readonly RedisTls _tls;

    private RedisConfiguration(ConfigurationOptions settings, RedisTls tls, TimeSpan connectTimeout, TimeSpan commandTimeout)
    {
        _settings = settings;
        _tls = tls;
        ConnectTimeout = connectTimeout;
        CommandTimeout = commandTimeout;
    }

    public TimeSpan ConnectTimeout { get; }

    public TimeSpan CommandTimeout { get; }

    /// <param name="options">The options.</param>
    /// <param name="shared">The configuration of the application's own multiplexer, which wins over the options.</param>
    /// <exception cref="FatConfigurationException">The options cannot be read by the StackExchange.Redis that is loaded.</exception>
    public static RedisConfiguration Of(FatRedisOptions options, string? shared)
    {
        var tls = RedisTls.Of(options);
        if ((shared ?? options.Configuration) is not { } text)
            return new RedisConfiguration(Build(options), tls, options.ConnectTimeout, options.CommandTimeout);
        var settings = Parse(text, "Fat:Redis:Configuration");
        return shared is null
            ? new RedisConfiguration(settings, tls, TimeSpan.FromMilliseconds(settings.ConnectTimeout), TimeSpan.FromMilliseconds(settings.SyncTimeout))
            : new RedisConfiguration(settings, tls, options.ConnectTimeout, options.CommandTimeout);
    }

    public ConfigurationOptions ForCommands() => Copy();

    /// <summary>Every answer may take as long as a pop may block.</summary>
    public ConfigurationOptions ForBlocking()
    {
        var settings = Copy();
        settings.SyncTimeout = Milliseconds(LongestBlock + CommandTimeout);
        settings.ResponseTimeout = settings.SyncTimeout;
        AsyncTimeout?.SetValue(settings, settings.SyncTimeout);
        return settings;
    }

    /// <summary>
    /// A process starts, and stays up, while the server is away: connecting gives a multiplexer that goes on trying by itself. Nothing
    /// is subscribed to here, and a client that cannot subscribe opens one connection to each server instead of two.
    /// </summary>
    private ConfigurationOptions Copy()
    {
        var settings = _settings.Clone();
        settings.AbortOnConnectFail = false;
        if (settings.CommandMap == CommandMap.Default)
            settings.CommandMap = WithoutSubscriptions;
        if (_tls.Validation is { } validation)
            settings.CertificateValidation += validation;
        if (_tls.Selection is { } selection)
            settings.CertificateSelection += selection;
        return settings;
    }

    private static ConfigurationOptions Build(FatRedisOptions options)
    {
        var settings = options.User is { } user ? ParseUser(user) : new ConfigurationOptions();
        foreach (var node in options.ClusterNodes)
            settings.EndPoints.Add(node);
        if (options.ClusterNodes.Count > 0 && options.Database != 0)
            throw new FatConfigurationException("A Redis Cluster has only the database 0: leave Fat:Redis:Database out.");
        if (options.ClusterNodes.Count == 0)
            settings.EndPoints.Add(options.Host, options.Port);
        settings.DefaultDatabase = options.Database;
        settings.Password = options.Password;
        settings.Ssl = options.Tls;
        settings.SslHost = options.TlsHost;
        settings.ConnectTimeout = Milliseconds(options.ConnectTimeout);
        settings.SyncTimeout = Milliseconds(options.CommandTimeout);
        settings.ConfigCheckSeconds = RoleCheckSeconds;
        return settings;
    }

    /// <summary>The property came with 2.1; written as text it is there when the version that is loaded has it.</summary>
    private static ConfigurationOptions ParseUser(string user) =>
        user.Contains(',', StringComparison.Ordinal)
            ? throw new FatConfigurationException("Fat:Redis:User cannot contain a comma.")
            : Parse($"user={user}", "Fat:Redis:User (which needs StackExchange.Redis 2.1 or later in the application)");

    private static ConfigurationOptions Parse(string text, string setting)
    {
        try
        {
            return ConfigurationOptions.Parse(text);
        }
        catch (Exception failure) when (failure is ArgumentException or FormatException)
        {
            throw new FatConfigurationException($"{setting} is not understood by StackExchange.Redis: {failure.Message}", failure);
        }
    }

    private static int Milliseconds(TimeSpan time) => (int)Math.Clamp(time.TotalMilliseconds, 1, int.MaxValue);
}
