using System.Reflection;
using StackExchange.Redis;

namespace Fat.Architecture.Tests.Baselines;

/// <summary>What each typed method gives its script, written down by a database that runs nothing.</summary>
internal sealed class ScriptCalls
{
    private readonly List<string> _lines = [];

    public void Add(string script, Func<IDatabase, Task> call)
    {
        var database = DispatchProxy.Create<IDatabase, Recorder>();
        var recorder = (Recorder)(object)database;
        _ = call(database);
        var (keys, arguments) = recorder.Call ?? throw new InvalidOperationException($"{script} was not run.");
        _lines.Add($"{script}: KEYS {string.Join(" | ", keys)} ARGV {string.Join(" | ", arguments).Replace("\n", "\\n", StringComparison.Ordinal)}");
    }

    public IEnumerable<string> Result() => _lines;

#pragma warning disable CA1852 // The proxy derives from it.
    internal class Recorder : DispatchProxy
#pragma warning restore CA1852
    {
        internal (IEnumerable<string> Keys, IEnumerable<string> Arguments)? Call { get; private set; }

        protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
        {
            if (targetMethod?.Name != nameof(IDatabase.ScriptEvaluateAsync))
                throw new InvalidOperationException($"{targetMethod?.Name} is not how scripts are run.");
            Call = (((RedisKey[])args![1]!).Select(key => (string)key!), ((RedisValue[])args[2]!).Select(value => (string)value!));

            // The answer is of no interest, and never comes.
            return new TaskCompletionSource<RedisResult>().Task;
        }
    }
}
