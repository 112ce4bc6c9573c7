using System.Reflection;
using System.Runtime.Loader;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Analyzers.Tests.Harness;

/// <summary>Asks the product itself: registers a sample's services with it, and makes them.</summary>
internal static class Registered
{
    /// <summary>What is wrong with <c>Setup.Register</c> of the code; null when its services can be made.</summary>
    public static async Task<Exception?> ProblemAsync(string code)
    {
        using var stream = new MemoryStream();
        Assert.True(Compiled.Of(code).Emit(stream, cancellationToken: TestContext.Current.CancellationToken).Success);
        stream.Position = 0;
        var context = new AssemblyLoadContext("sample", isCollectible: false);
        var register = context.LoadFromStream(stream).GetType("Setup")!.GetMethod("Register")!;
        var services = new ServiceCollection();
        services.AddLogging();
        var fat = services.AddFat(options => options.ServiceName = "sample").UseInMemoryRegistry();
        var known = services.Count;
        try
        {
            register.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [fat], null);
            await using var provider = services.BuildServiceProvider();
            await using var scope = provider.CreateAsyncScope();
            foreach (var service in services.Skip(known))
                scope.ServiceProvider.GetRequiredService(service.ServiceType);
            return null;
        }
        catch (Exception refused)
        {
            // The test compares it with what the analyzers say.
            return refused;
        }
    }
}
