namespace Fat.Registry.Redis;

/// <summary>Where the application's own connection is found; typed as an object, so that only this folder sees the client library.</summary>
internal sealed record SharedMultiplexer(Func<IServiceProvider, object> Find);
