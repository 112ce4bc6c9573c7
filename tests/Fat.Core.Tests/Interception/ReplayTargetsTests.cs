using System.Text.Json;
using Fat.Interception;

namespace Fat.Core.Tests.Interception;

/// <summary>A call that another version of the service has written down is found again, or it is said why not.</summary>
public sealed class ReplayTargetsTests
{
    private readonly ReplayTargets _targets = new(
    [
        MarkedMethods.Of(typeof(INewer), typeof(Newer)), MarkedMethods.Of(typeof(INewer), typeof(Newer)),
        MarkedMethods.Of(typeof(ITwice), typeof(Twice)), MarkedMethods.Of(typeof(ITwice), typeof(Thrice)),
    ]);

    public interface INewer
    {
        Task<string> AddedAsync(int id, string more = "default", CancellationToken cancellationToken = default);

        void Overloaded(int id);

        void Overloaded(string id);

        void NotMarked();
    }

    public interface ITwice
    {
        void Do();
    }

    public sealed class Newer : INewer
    {
        public List<string> Calls { get; } = [];

        [FatTransaction(Replay = true)]
        public Task<string> AddedAsync(int id, string more = "default", CancellationToken cancellationToken = default)
        {
            Calls.Add($"{id} {more} {cancellationToken.CanBeCanceled}");
            return Task.FromResult(more);
        }

        [FatTransaction]
        public void Overloaded(int id) => Calls.Add($"number {id}");

        [FatTransaction]
        public void Overloaded(string id) => Calls.Add($"text {id}");

        public void NotMarked() => Calls.Add("not marked");
    }

    public sealed class Twice : ITwice
    {
        [FatTransaction]
        public void Do()
        {
        }
    }

    public sealed class Thrice : ITwice
    {
        [FatTransaction]
        public void Do()
        {
        }
    }

    private static string Service { get; } = typeof(INewer).ToString();

    [Fact]
    public async Task A_parameter_that_was_added_has_its_default()
    {
        var newer = new Newer();
        using var stopping = new CancellationTokenSource();

        await _targets.Find(Service, "AddedAsync(System.Int32)").InvokeAsync(new One(newer), """{"id":7}""", stopping.Token);

        Assert.Equal(["7 default True"], newer.Calls);
    }

    [Fact]
    public async Task One_that_was_renamed_is_missed()
    {
        var target = _targets.Find(Service, "AddedAsync(System.Int32)");

        var thrown = await Assert.ThrowsAsync<JsonException>(() => target.InvokeAsync(new One(new Newer()), """{"number":7}""", CancellationToken.None));
        Assert.Contains("'id'", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Overloads_are_told_apart_by_their_parameters()
    {
        var newer = new Newer();

        await _targets.Find(Service, "Overloaded(System.String)").InvokeAsync(new One(newer), """{"id":"7"}""", CancellationToken.None);
        await _targets.Find(Service, "Overloaded(System.Int32)").InvokeAsync(new One(newer), """{"id":7}""", CancellationToken.None);

        Assert.Equal(["text 7", "number 7"], newer.Calls);
    }

    [Theory]
    [InlineData("Elsewhere.IGone", "AddedAsync(System.Int32)", "There is no service")]
    [InlineData(null, "GoneAsync(System.Int32)", "has no [FatTransaction] method")]
    [InlineData(null, "NotMarked()", "has no [FatTransaction] method")]
    [InlineData(null, "Overloaded(System.Guid)", "has several methods of that name")]
    [InlineData("Fat.Core.Tests.Interception.ReplayTargetsTests+ITwice", "Do()", "registered more than once")]
    public void What_cannot_be_found_says_why(string? service, string method, string reason) =>
        Assert.Contains(reason, Assert.Throws<InvalidOperationException>(() => _targets.Find(service ?? Service, method)).Message, StringComparison.Ordinal);

    private sealed class One(Newer service) : IServiceProvider
    {
        public object? GetService(Type serviceType) => serviceType == typeof(INewer) ? service : null;
    }
}
