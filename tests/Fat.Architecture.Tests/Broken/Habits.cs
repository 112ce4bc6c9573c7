#pragma warning disable IDE0130, CA1822, CA1051, CA1052, CA2211, MA0069, MA0155, MA0147, VSTHRD100, RS0030, CA1802, CA2227, CA1819, MA0016, CA1002, MA0040, CA1034, CA1805, IDE0044, CA1200, CA1812, CA1852, CS0649
using System.Diagnostics.CodeAnalysis;

// Types that break a convention, each in one way.
namespace Broken.Habits;

public class PublicAndOpen;

public sealed class PublicAndSealed;

internal class InternalAndOpen;

internal sealed class StringHelper;

internal sealed class ConnectionManager;

internal sealed class Utils<T>;

internal sealed class Managers;

public sealed class Asynchronous
{
    [SuppressMessage("Usage", "VSTHRD100", Justification = "Breaks the convention on purpose.")]
    public async void Forgotten() => await Task.Yield();

    public Task WithoutTokenAsync() => Task.CompletedTask;

    public async ValueTask<int> WithoutTokenEitherAsync()
    {
        await Task.Yield();
        return 1;
    }

    public Task WithTokenAsync(CancellationToken cancellationToken) => Task.FromCanceled(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}

internal static class Changeable
{
    public static int Count;

    public static readonly string[] Words = [];

    public static readonly IReadOnlyList<string> Fixed = [];

    public static List<string> Open { get; } = [];

    public static string Name { get; set; } = string.Empty;
}

internal static class Talkative
{
    public static void Talk() => Console.WriteLine();
}
