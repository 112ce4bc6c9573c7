using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Fat.Protocol;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Messages;

/// <summary>A method that handles what is published to a topic. Immutable.</summary>
internal sealed class SubscriberMethod
{
    private static readonly JsonSerializerOptions Format = JsonSerializerOptions.Web;

    private readonly Type _subscriber;
    private readonly MethodInfo _method;
    private readonly ParameterInfo[] _parameters;

    private SubscriberMethod(Type subscriber, MethodInfo method, FatSubscribeAttribute mark, FatName topic)
    {
        _subscriber = subscriber;
        _method = method;
        _parameters = method.GetParameters();
        Mark = mark;
        Topic = topic;
    }

    public FatSubscribeAttribute Mark { get; }

    public FatName Topic { get; }

    public string Name => $"{_subscriber.Name}.{_method.Name}";

    /// <summary>The marked methods of a class.</summary>
    /// <exception cref="FatConfigurationException">One cannot be called; the message says why.</exception>
    public static IReadOnlyList<SubscriberMethod> Of(Type subscriber) =>
    [
        .. from method in subscriber.GetMethods(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static)
           from mark in method.GetCustomAttributes<FatSubscribeAttribute>(inherit: true)
           select Create(subscriber, method, mark),
    ];

    /// <exception cref="FatConfigurationException">The group's name is not valid.</exception>
    public FatName Group(FatName service) => Mark.Group is { } group ? FatName.Parse(group, $"group of subscribers ({Name})") : service;

    /// <exception cref="JsonException">What was published is not what the method takes.</exception>
    /// <exception cref="Exception">The parameter's type cannot be made of JSON, or says no by itself.</exception>
    public object? Read(string content) => JsonSerializer.Deserialize(content, _parameters[0].ParameterType, Format);

    /// <summary>Calls the method on an instance of the DI scope.</summary>
    public async Task CallAsync(IServiceProvider services, object? message, FatBarrier barrier, FatDelivery delivery, CancellationToken cancellationToken)
    {
        var arguments = new object?[_parameters.Length];
        arguments[0] = message;
        for (var at = 1; at < arguments.Length; at++)
        {
            var type = _parameters[at].ParameterType;
            arguments[at] = type == typeof(FatBarrier) ? barrier
                : type == typeof(FatDelivery) ? delivery
                : type == typeof(CancellationToken) ? cancellationToken
                : services.GetRequiredService(type);
        }

        var target = _method.IsStatic ? null : ActivatorUtilities.GetServiceOrCreateInstance(services, _subscriber);
        switch (_method.Invoke(target, BindingFlags.DoNotWrapExceptions, null, arguments, CultureInfo.InvariantCulture))
        {
            case Task task:
                await task.ConfigureAwait(false);
                break;
            case ValueTask task:
                await task.ConfigureAwait(false);
                break;
        }
    }

    private static SubscriberMethod Create(Type subscriber, MethodInfo method, FatSubscribeAttribute mark)
    {
        var name = $"{subscriber.Name}.{method.Name}";
        if (!FatName.TryParse(mark.Topic, out var topic))
            throw new FatConfigurationException($"{name}: '{mark.Topic}' is not a valid topic: use 1 to {FatName.MaxLength} of A-Z a-z 0-9 . _ -");
        if (!method.IsPublic || method.IsGenericMethodDefinition)
            throw new FatConfigurationException($"{name}: a [FatSubscribe] method has to be public and not generic.");
        if (method.ReturnType != typeof(Task) && method.ReturnType != typeof(ValueTask))
            throw new FatConfigurationException($"{name}: a [FatSubscribe] method returns Task or ValueTask.");
        if (method.GetParameters() is not [var first, ..] || first.ParameterType == typeof(FatBarrier) || first.ParameterType == typeof(FatDelivery) || first.ParameterType == typeof(CancellationToken))
            throw new FatConfigurationException($"{name}: the first parameter of a [FatSubscribe] method is the message.");
        if (mark.Concurrency < 1 || mark.MaxAttempts < 1 || mark.Prefetch < -1 || mark.RetryMilliseconds is < -1 or 0)
            throw new FatConfigurationException($"{name}: Concurrency and MaxAttempts are 1 or more, Prefetch is 0 or more, RetryMilliseconds is 1 or more, or both are -1.");
        return new SubscriberMethod(subscriber, method, mark, topic);
    }
}
