using System.Reflection;
using Fat.Interception;

namespace Fat.Core.Tests.Interception;

/// <summary>A marked method of a class either runs through its proxy or is refused: never without its transaction, and without a word.</summary>
public sealed class MarkedMethodsTests
{
    [Theory]
    [InlineData(nameof(Open.Seen))]
    [InlineData("ForHeirs")]
    [InlineData("ForHeirsOrNeighbours")]
    public void What_a_proxy_overrides_is_found(string name) =>
        Assert.Contains(MarkedMethods.Of(typeof(Open), typeof(Open)).All.Keys, method => method.Name == name);

    [Theory]
    [InlineData(typeof(PrivateProtected), "cannot be seen from outside its assembly")]
    [InlineData(typeof(Internal), "cannot be seen from outside its assembly")]
    [InlineData(typeof(NotVirtual), "is not virtual")]
    [InlineData(typeof(Sealed), "its class is sealed")]
    public void What_it_cannot_override_is_refused(Type service, string why)
    {
        var refused = Assert.Throws<FatConfigurationException>(() => MarkedMethods.Of(service, service));

        Assert.Contains($"{service.Name}.RunAsync is marked and cannot be intercepted", refused.Message, StringComparison.Ordinal);
        Assert.Contains(why, refused.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(typeof(Streaming), "Streaming.ReadAsync returns IAsyncEnumerable, whose items are made when it is over")]
    [InlineData(typeof(StreamingScope), "StreamingScope.ReadAsync returns IAsyncEnumerable, whose items are made when it is over")]
    public void What_is_made_behind_the_method_is_refused(Type service, string why) =>
        Assert.Contains(why, Assert.Throws<FatConfigurationException>(() => MarkedMethods.Of(service, service)).Message, StringComparison.Ordinal);

    [Fact]
    public void A_service_that_proxies_cannot_see_is_refused()
    {
        var refused = Assert.Throws<FatConfigurationException>(() => MarkedMethods.Of(typeof(IHidden), typeof(Hidden)));

        Assert.Contains("IHidden is internal, and proxies stand in an assembly of their own: make it public, or add [assembly: InternalsVisibleTo", refused.Message, StringComparison.Ordinal);
        Assert.NotEmpty(MarkedMethods.Of(typeof(IShown), typeof(Hidden)).All);
    }

    /// <summary>What is refused here is what Castle would pass by.</summary>
    [Theory]
    [InlineData(typeof(PrivateProtected))]
    [InlineData(typeof(Internal))]
    [InlineData(typeof(NotVirtual))]
    public void What_is_refused_is_not_overridden(Type service)
    {
        var proxy = new Castle.DynamicProxy.ProxyGenerator().CreateClassProxy(service).GetType();

        Assert.Equal(service, proxy.GetMethod("RunAsync", BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance)!.DeclaringType);
    }

    [Theory]
    [InlineData(typeof(Whole), typeof(Whole))]
    [InlineData(typeof(IWhole), typeof(Whole))]
    public void A_mark_of_the_class_is_for_its_work(Type service, Type implementation) =>
        Assert.Equal(["RunAsync"], MarkedMethods.Of(service, implementation).All.Keys.Select(method => method.Name));

    public class Streaming
    {
        [FatTransaction]
        public virtual IAsyncEnumerable<int> ReadAsync() => AsyncEnumerable.Empty<int>();
    }

    public class StreamingScope
    {
        [FatServiceRegister]
        public virtual IAsyncEnumerable<int> ReadAsync() => AsyncEnumerable.Empty<int>();
    }

    public interface IShown
    {
        Task RunAsync();
    }

    internal interface IHidden
    {
        Task RunAsync();
    }

    internal sealed class Hidden : IHidden, IShown
    {
        [FatTransaction]
        public Task RunAsync() => Task.CompletedTask;
    }

    public interface IWhole : IDisposable, IAsyncDisposable
    {
        int Number { get; }

        Task RunAsync();

        string ToString();
    }

    [FatServiceRegister]
    public class Whole : IWhole
    {
        public virtual int Number => 1;

        public virtual Task RunAsync() => Task.CompletedTask;

        public override string ToString() => "whole";

        public override bool Equals(object? obj) => ReferenceEquals(this, obj);

        public override int GetHashCode() => 1;

        public virtual void Dispose()
        {
            Dispose(true);
            GC.SuppressFinalize(this);
        }

        public virtual ValueTask DisposeAsync()
        {
            GC.SuppressFinalize(this);
            return ValueTask.CompletedTask;
        }

        protected virtual void Dispose(bool disposing)
        {
        }
    }

    public class Open
    {
        [FatTransaction]
        public virtual Task Seen() => ForHeirs();

        [FatTransaction]
        protected virtual Task ForHeirs() => ForHeirsOrNeighbours();

        [FatTransaction]
        protected internal virtual Task ForHeirsOrNeighbours() => Task.CompletedTask;
    }

    public class PrivateProtected
    {
        public Task OutsideAsync() => RunAsync();

        [FatTransaction]
        private protected virtual Task RunAsync() => Task.CompletedTask;
    }

    public class Internal
    {
        [FatTransaction]
        internal virtual Task RunAsync() => Task.CompletedTask;
    }

    public class NotVirtual
    {
        [FatTransaction]
        public Task RunAsync() => Task.CompletedTask;
    }

    public sealed class Sealed
    {
        [FatTransaction]
        public Task RunAsync() => Task.CompletedTask;
    }
}
