using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fat.Torture.Service;

/// <summary>What clients ask of messages, what messages call, and what the run asks about them in the end.</summary>
internal static class MessageEndpoints
{
    public const string Called = "call";

    public static void MapMessages(this IEndpointRouteBuilder app)
    {
        app.MapPost("/messages", SendAsync);
        app.MapPost("/effects", TakeAsync);
        app.MapGet("/messages/left", LeftAsync);
    }

    /// <summary>409: rolled back for certain. Any other failure leaves it open.</summary>
    private static async Task<IResult> SendAsync(MessagePlan plan, Messenger messenger, CancellationToken cancellationToken)
    {
        try
        {
            await messenger.SendAsync(plan, cancellationToken);
            return Results.Ok();
        }
        catch (Exception exception) when (exception is MeantToFailException or FatMessageRefusedException)
        {
            // Rolled back.
            return Results.Text(exception.Message, statusCode: StatusCodes.Status409Conflict);
        }
    }

    private static async Task<IResult> TakeAsync(Moved moved, HttpContext http, Effects effects, CancellationToken cancellationToken)
    {
        try
        {
            await effects.TakeAsync(moved, Called, http.GetFatBarrier(), cancellationToken);
            return Results.Text("SUCCESS");
        }
        catch (MeantToFailException)
        {
            // Rolled back, or committed: the message calls again.
            return Random.Shared.Next(3) switch
            {
                0 => Results.Text("FAILURE", statusCode: StatusCodes.Status409Conflict),
                1 => Results.Text("ONGOING", statusCode: 425),
                _ => Results.StatusCode(StatusCodes.Status500InternalServerError),
            };
        }
    }

    private static async Task<MessagesLeft> LeftAsync(IFatMessageAdmin admin, CancellationToken cancellationToken)
    {
        var prepared = await admin.ListAsync(FatMessageState.Prepared, most: MessagesLeft.MostShown, cancellationToken: cancellationToken);
        var submitted = await admin.ListAsync(FatMessageState.Submitted, most: MessagesLeft.MostShown, cancellationToken: cancellationToken);
        return new MessagesLeft(
            await admin.CountAsync(FatMessageState.Prepared, cancellationToken), await admin.CountAsync(FatMessageState.Submitted, cancellationToken),
            await admin.CountAsync(FatMessageState.Failed, cancellationToken),
            [.. prepared.Concat(submitted).Select(message => $"{message} [{string.Join(", ", message.Branches)}]")]);
    }
}

/// <summary>Messages of a service that have not ended, and those that have failed.</summary>
internal sealed record MessagesLeft(long Prepared, long Submitted, long Failed, IReadOnlyList<string> Some)
{
    public const int MostShown = 3;
}
