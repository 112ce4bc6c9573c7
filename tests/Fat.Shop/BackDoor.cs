using Fat.Coordination;
using Fat.Faults;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;

namespace Fat.Shop;

/// <summary>What the test asks of the process.</summary>
internal static class BackDoor
{
    public static void MapBackDoor(this IEndpointRouteBuilder app)
    {
        app.MapPost("/strikes/{strike}", (string strike, Striker striker) => striker.Arm(Strike.Parse(strike)));
        app.MapGet(
            "/strikes/{point}/{side}/reached",
            (FaultPoint point, Side side, Striker striker, CancellationToken cancellationToken) => striker.Armed(point, side).Reached.WaitAsync(cancellationToken));
        app.MapPost(
            "/strikes/{point}/{side}/{deed}", (FaultPoint point, Side side, Deed deed, Striker striker) => striker.Armed(point, side).Release(deed));
        app.MapGet("/gate/reached", (Gate gate, CancellationToken cancellationToken) => gate.Reached.WaitAsync(cancellationToken));
        app.MapPost("/gate/open", (Gate gate) => gate.Open());
        app.MapPost("/reset", Reset);
        app.MapGet("/busy", (Participant participant) => participant.Scopes.Count + participant.Waiting.Count);
    }

    private static void Reset(Striker striker, Gate gate)
    {
        striker.Disarm();
        gate.Open();
        gate.Close();
    }
}
