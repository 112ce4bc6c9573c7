using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Interception;

/// <summary>A method of this version of the service that a journalled call meant.</summary>
internal sealed class ReplayTarget(MarkedMethods methods, MethodInfo method)
{
    private readonly MethodShape _shape = MethodShape.Of(method);

    public FatTransactionAttribute Transaction => methods.All[method].Transaction!;

    /// <summary>Calls it through the service's proxy; what it has to say is not kept.</summary>
    /// <exception cref="Exception">What it throws, or why its arguments cannot be read.</exception>
    public async Task InvokeAsync(IServiceProvider services, string arguments, CancellationToken cancellationToken)
    {
        var values = ArgumentText.Read(arguments, method.GetParameters(), cancellationToken);
        var service = services.GetRequiredService(methods.Service);
        var returned = method.Invoke(service, BindingFlags.DoNotWrapExceptions, null, values, CultureInfo.InvariantCulture);
        await _shape.AwaitAsync(returned).ConfigureAwait(false);
    }
}
