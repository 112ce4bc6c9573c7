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
        app.MapPost("/stops/{point}/{side}", (FaultPoint point, Side side, long since, Stops stops) => stops.Add(point, side, since));
        app.MapGet(
            "/stops/{point}/{side}",
            (FaultPoint point, Side side, Stops stops, CancellationToken cancellationToken) => stops.At(point, side).Reached.WaitAsync(cancellationToken));
        app.MapPost("/stops/{point}/{side}/{deed}", (FaultPoint point, Side side, Deed deed, Stops stops) => stops.At(point, side).Tell(deed));
        app.MapGet("/gate", (Gate gate, CancellationToken cancellationToken) => gate.Reached.WaitAsync(cancellationToken));
        app.MapPost("/gate", (Gate gate) => gate.Open());
        app.MapPost("/reset", Reset);
        app.MapGet("/busy", (Participant participant) => participant.Scopes.Count + participant.Waiting.Count);
    }

    private static void Reset(Stops stops, Gate gate)
    {
        stops.Clear();
        gate.Open();
        gate.Close();
    }
}
