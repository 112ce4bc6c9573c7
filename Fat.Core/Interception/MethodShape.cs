using System.Reflection;

namespace Fat.Interception;

/// <summary>How a method hands its result back: void, T, Task, Task&lt;T&gt;, ValueTask or ValueTask&lt;T&gt;.</summary>
internal abstract class MethodShape
{
    public static MethodShape Of(MethodInfo method)
    {
        var type = method.ReturnType;
        if (type == typeof(void))
            return new VoidShape();
        if (type == typeof(Task))
            return new TaskShape();
        if (type == typeof(ValueTask))
            return new ValueTaskShape();
        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : null;
        var shape = definition == typeof(Task<>) ? typeof(TaskShape<>)
            : definition == typeof(ValueTask<>) ? typeof(ValueTaskShape<>)
            : typeof(ValueShape<>);
        var result = definition == typeof(Task<>) || definition == typeof(ValueTask<>) ? type.GetGenericArguments()[0] : type;
        return (MethodShape)Activator.CreateInstance(shape.MakeGenericType(result))!;
    }

    /// <summary>Awaits what the method itself returned.</summary>
    public abstract Task<object?> AwaitAsync(object? returned);

    /// <summary>
    /// Makes the return value out of the intercepted run. A method that is not asynchronous has to have its result on
    /// returning, so it is the one place that blocks; the run never needs the blocked thread.
    /// </summary>
    public abstract object? Return(Task<object?> running);

    private sealed class VoidShape : MethodShape
    {
        public override Task<object?> AwaitAsync(object? returned) => Task.FromResult<object?>(null);

        public override object? Return(Task<object?> running) => running.GetAwaiter().GetResult();
    }

    private sealed class ValueShape<T> : MethodShape
    {
        public override Task<object?> AwaitAsync(object? returned) => Task.FromResult(returned);

        public override object? Return(Task<object?> running) => running.GetAwaiter().GetResult();
    }

    private sealed class TaskShape : MethodShape
    {
        public override async Task<object?> AwaitAsync(object? returned)
        {
            await ((Task)returned!).ConfigureAwait(false);
            return null;
        }

        public override object? Return(Task<object?> running) => running;
    }

    private sealed class TaskShape<T> : MethodShape
    {
        public override async Task<object?> AwaitAsync(object? returned) => await ((Task<T>)returned!).ConfigureAwait(false);

        public override object? Return(Task<object?> running) => UnboxAsync(running);

        private static async Task<T> UnboxAsync(Task<object?> running) => (T)(await running.ConfigureAwait(false))!;
    }

    private sealed class ValueTaskShape : MethodShape
    {
        public override async Task<object?> AwaitAsync(object? returned)
        {
            await ((ValueTask)returned!).ConfigureAwait(false);
            return null;
        }

        public override object? Return(Task<object?> running) => new ValueTask(running);
    }

    private sealed class ValueTaskShape<T> : MethodShape
    {
        public override async Task<object?> AwaitAsync(object? returned) => await ((ValueTask<T>)returned!).ConfigureAwait(false);

        public override object? Return(Task<object?> running) => new ValueTask<T>(UnboxAsync(running));

        private static async Task<T> UnboxAsync(Task<object?> running) => (T)(await running.ConfigureAwait(false))!;
    }
}
