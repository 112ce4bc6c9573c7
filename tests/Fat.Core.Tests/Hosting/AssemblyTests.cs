using System.Reflection;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Hosting;

/// <summary>An assembly is registered by what reaches the marks in it.</summary>
public sealed class AssemblyTests
{
    public interface IMarked
    {
        Task AddAsync();
    }

    public interface IOther
    {
        Task ReadAsync();
    }

    public interface IMarks
    {
        [FatTransaction]
        Task AddAsync();
    }

    [Fact]
    public void A_class_is_registered_by_every_interface_that_reaches_a_mark() =>
        Assert.Equal([typeof(IMarked), typeof(IMarks)], Registered(typeof(Several)));

    [Fact]
    public void A_mark_on_the_member_of_an_interface_suffices() =>
        Assert.Equal([typeof(IMarks)], Registered(typeof(MarkedByInterface)));

    [Fact]
    public void An_interface_of_another_assembly_counts() =>
        Assert.Equal([typeof(IFatIncidentHandler)], Registered(typeof(Elsewhere)));

    [Fact]
    public void One_of_the_framework_does_not() =>
        Assert.Equal([typeof(IMarked)], Registered(typeof(Disposable)));

    [Fact]
    public void A_class_stands_for_itself_where_no_interface_reaches_a_mark()
    {
        Assert.Equal([typeof(ByItself)], Registered(typeof(ByItself)));
        Assert.Equal([typeof(IMarked), typeof(PartlyByItself)], Registered(typeof(PartlyByItself)));
    }

    [Fact]
    public void Lambdas_and_static_methods_are_left_to_their_endpoints() =>
        Assert.Equal([typeof(IMarked)], Registered(Handlers.Lambda.Method.DeclaringType!, typeof(Handlers), typeof(Capturing)));

    [Fact]
    public void Nothing_is_registered_of_a_class_without_marks() => Assert.Empty(Registered(typeof(AssemblyTests), typeof(Abstract), typeof(Open<>)));

    [Fact]
    public void A_mark_that_nothing_reaches_is_refused_with_what_to_do()
    {
        var refused = Assert.Throws<FatConfigurationException>(() => Registered(typeof(Lost)));

        Assert.Contains("Lost.ForgottenAsync is marked", refused.Message, StringComparison.Ordinal);
        Assert.Contains("Add it to an interface, make it public virtual", refused.Message, StringComparison.Ordinal);
    }

    private static IEnumerable<Type> Registered(params Type[] types)
    {
        var services = new ServiceCollection();
        var fat = services.AddFat();
        var before = services.ToList();
        fat.AddTransactionalFrom(new Of(types));
        return services.Except(before).Select(service => service.ServiceType).OrderBy(type => type.Name, StringComparer.Ordinal);
    }

    private sealed class Of(Type[] types) : Assembly
    {
        public override Type[] GetTypes() => types;
    }

    public class Several : IMarked, IMarks, IOther
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;

        public Task ReadAsync() => Task.CompletedTask;
    }

    public class MarkedByInterface : IMarks
    {
        public Task AddAsync() => Task.CompletedTask;
    }

    public class Elsewhere : IFatIncidentHandler
    {
        [FatTransaction]
        public Task HandleAsync(FatIncidentEvent happened, CancellationToken cancellationToken) => Task.CompletedTask;
    }

    [FatServiceRegister]
    public sealed class Disposable : IMarked, IDisposable
    {
        public Task AddAsync() => Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    public class ByItself : IOther
    {
        [FatTransaction]
        public virtual Task AddAsync() => Task.CompletedTask;

        public Task ReadAsync() => Task.CompletedTask;
    }

    public class PartlyByItself : IMarked
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;

        [FatTransaction]
        public virtual Task RemoveAsync() => Task.CompletedTask;
    }

    public class Handlers
    {
        public static Func<Task> Lambda { get; } = [FatServiceRegister] () => Task.CompletedTask;

        [FatServiceRegister]
        public static Task HandleAsync() => Task.CompletedTask;
    }

    public class Capturing : IMarked
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;

        public Func<Task> Handler() => [FatServiceRegister] () => AddAsync();
    }

    public abstract class Abstract
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;
    }

    public class Open<T>
    {
        [FatTransaction]
        public virtual Task AddAsync(T value) => Task.CompletedTask;
    }

    public sealed class Lost : IMarked
    {
        [FatTransaction]
        public Task AddAsync() => Task.CompletedTask;

        [FatTransaction]
        public Task ForgottenAsync() => Task.CompletedTask;
    }
}
