using Fat.Faults;
using Fat.Hosting;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Core.Tests.Messages;

/// <summary>How answers of called services are read, waited for and counted.</summary>
public sealed class MessageCallTests(MessageWorld world) : IClassFixture<MessageWorld>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("application/json; charset=utf8")]
    [InlineData("application/json; charset=gbk")]
    [InlineData("application/json; charset=\"nonsense\"")]
    public async Task An_answer_of_a_charset_that_is_not_known_is_read_all_the_same(string contentType)
    {
        var (id, answers) = (MessageWorld.NextOrder(), 0);
        world.Called.ContentTypes[$"/charset/{id}"] = contentType;
        world.Called.Answers[$"/charset/{id}"] = _ => Task.FromResult((200, Interlocked.Increment(ref answers) == 1 ? """{"dtm_result":"FAILURE"}""" : """{"dtm_result":"SUCCESS"}"""));

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/charset/{id}"));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Equal(2, world.Called.To($"/charset/{id}").Count);
    }

    [Fact]
    public async Task A_long_answer_is_not_read_to_its_end()
    {
        var id = MessageWorld.NextOrder();
        world.Called.Answers[$"/long/{id}"] = _ => Task.FromResult((200, new string('x', 1_000_000) + "FAILURE"));

        var gid = await MessageWorld.OrderAsync(world.Orders, id, message => message.Call("called", $"/long/{id}"));

        await MessageWorld.UntilAsync(world.Orders, gid, FatMessageState.Consumed);
        Assert.Single(world.Called.To($"/long/{id}"));
    }

    [Fact]
    public async Task A_call_has_its_own_time_and_not_that_of_the_client()
    {
        var (id, time, stop) = (MessageWorld.NextOrder(), TimeSpan.FromMilliseconds(50), Stop);
        var patient = await world.StartAsync("patient", configure: fat => fat.Services.AddHttpClient("slow", client => (client.BaseAddress, client.Timeout) = (new Uri(world.Called.Address), time)));
        world.Called.Answers[$"/slow/{id}"] = async _ =>
        {
            await Task.Delay(time * 6, TimeProvider.System, stop);
            return (200, string.Empty);
        };

        var gid = await MessageWorld.OrderAsync(patient, id, message => message.Call("slow", $"/slow/{id}"));

        await MessageWorld.UntilAsync(patient, gid, FatMessageState.Consumed);
        Assert.Single(world.Called.To($"/slow/{id}"));
        await world.StopAsync(patient);
    }

    [Theory]
    [InlineData(302, true)]
    [InlineData(307, true)]
    [InlineData(302, false)]
    public async Task A_call_that_is_redirected_has_failed_whatever_the_last_answer_is(int status, bool follows)
    {
        var (id, redirects) = (MessageWorld.NextOrder(), true);
        var caller = await world.StartAsync(
            "redirected", configure: fat => fat.Services.AddHttpClient("called").ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler { AllowAutoRedirect = follows }));
        world.Called.Locations[$"/take/{id}"] = $"/login/{id}";
        world.Called.Answers[$"/take/{id}"] = _ => Task.FromResult((Volatile.Read(ref redirects) ? status : 200, string.Empty));

        var gid = await MessageWorld.OrderAsync(caller, id, message => message.Call("called", $"/take/{id}", new { id }));

        var reason = follows ? $"a redirect led to {(status == 307 ? "POST" : "GET")} {world.Called.Address}/login/{id}" : "answered 302, a redirect";
        var failed = await MessageWorld.UntilAsync(caller, gid, message => message.Branches[0].Reason?.Contains(reason, StringComparison.Ordinal) == true);
        Assert.Equal(FatMessageState.Submitted, failed.State);
        Volatile.Write(ref redirects, false);
        await MessageWorld.UntilAsync(caller, gid, FatMessageState.Consumed);
        Assert.All(world.Called.To($"/take/{id}"), request => Assert.Equal(("POST", $$"""{"id":{{id}}}"""), (request.Method, request.Body)));
        await world.StopAsync(caller);
    }

    [Fact]
    public async Task A_call_that_fails_beside_one_that_is_at_it_is_counted_and_told_of()
    {
        var (id, open) = (MessageWorld.NextOrder(), false);
        var caller = await world.StartAsync("caller", configure: fat => fat.AddMessageAlertHandler<Alarm>());
        world.Called.Answers[$"/at-it/{id}"] = _ => Task.FromResult(Volatile.Read(ref open) ? (200, string.Empty) : (425, "ONGOING"));
        world.Called.Answers[$"/fails/{id}"] = _ => Task.FromResult(Volatile.Read(ref open) ? (200, string.Empty) : (500, "Broken."));
        var gid = await MessageWorld.OrderAsync(caller, id, message => message.Call("called", $"/at-it/{id}").Call("called", $"/fails/{id}").Concurrent());

        await Dialects.TillWorld.UntilAsync(() => Task.FromResult(Alarm.Alerts.Any(alert => alert.Gid == gid && alert.Failures == 2)));

        Assert.All(Alarm.Alerts.Where(alert => alert.Gid == gid), alert => Assert.Equal("02", alert.BranchId));
        await MessageWorld.UntilAsync(caller, gid, message => message.Branches[1].Attempts >= 3);
        Volatile.Write(ref open, true);
        await MessageWorld.UntilAsync(caller, gid, FatMessageState.Consumed);
        await world.StopAsync(caller);
    }

    [Fact]
    public async Task What_is_shown_of_a_branch_is_of_one_attempt_while_the_record_is_behind_the_queue()
    {
        var (id, gate, calls) = (MessageWorld.NextOrder(), new Gate(FaultPoint.TellBranch, passing: 1), 0);
        var caller = await world.StartAsync(
            "behind", configure: fat => fat.Services.Select(service => service.ImplementationInstance).OfType<FatRegistrations>().Single().Faults = gate);
        world.Called.Answers[$"/behind/{id}"] = _ => Task.FromResult(Interlocked.Increment(ref calls) switch
        {
            1 => (500, "Broken once."),
            2 => (500, "Broken twice."),
            _ => (200, string.Empty),
        });
        var gid = await MessageWorld.OrderAsync(caller, id, message => message.Call("called", $"/behind/{id}"));

        await gate.Reached;
        FatMessageDetails behind;
        try
        {
            behind = await MessageWorld.UntilAsync(caller, gid, message => message.Branches[0].State == FatMessageBranchState.Retrying);
        }
        finally
        {
            gate.Open();
        }

        Assert.Equal(1, behind.Branches[0].Attempts);
        Assert.Contains("Broken once.", behind.Branches[0].Reason, StringComparison.Ordinal);
        await MessageWorld.UntilAsync(caller, gid, FatMessageState.Consumed);
        await world.StopAsync(caller);
    }
}
