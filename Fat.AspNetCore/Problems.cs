using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Fat.AspNetCore;

/// <summary>Turns what became of a scope into problem details.</summary>
internal static class Problems
{
    private const string RolledBack = "rolled-back";
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    public static ProblemAnswer Of(FatScopeResult result)
    {
        if (result.Outcome == FatOutcome.InDoubt)
            return OfInDoubt(result);
        if (Saturation(result.Error) is { } saturated)
            return OfSaturation(result, saturated);
        var aborted = result.Error as FatAbortedException;

        // A request that cannot be read (too large, cut off) is its sender's mistake; the server's exception says which.
        var status = aborted?.InnerException is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status409Conflict;
        return Aborted(result, status, "urn:fat:rolled-back", "The transaction was rolled back.", aborted?.Reason);
    }

    /// <summary>How a group that was begun further in has ended; null when the exception does not tell.</summary>
    public static ProblemAnswer? Of(FatException ended) => ended switch
    {
        FatAbortedException aborted => Of(new FatScopeResult(FatOutcome.RolledBack, aborted, Nothing, aborted.Gid)),
        FatInDoubtException inDoubt => Of(new FatScopeResult(FatOutcome.InDoubt, inDoubt, Nothing, inDoubt.Gid)),
        _ => null,
    };

    public static ProblemAnswer OfRefusal(FatRemoteDataException refused) => new(
        new ProblemDetails
        {
            Type = "urn:fat:remote-data",
            Title = "The transaction context of the request was refused.",
            Status = StatusCodes.Status400BadRequest,
            Detail = refused.Message,
        },
        refused);

    private static ProblemAnswer OfInDoubt(FatScopeResult result)
    {
        var problem = new ProblemDetails
        {
            Type = "urn:fat:in-doubt",
            Title = "The outcome of the transaction is not known yet.",
            Status = StatusCodes.Status500InternalServerError,
            Detail = result.Error?.Message,
        };
        problem.Extensions["gid"] = result.Gid;
        problem.Extensions["outcome"] = "in-doubt";
        return new ProblemAnswer(problem, result.Error);
    }

    private static ProblemAnswer OfSaturation(FatScopeResult result, FatSaturatedException saturated) =>
        Aborted(result, StatusCodes.Status503ServiceUnavailable, "urn:fat:saturated", "The service is busy; the transaction was rolled back.", saturated.Message)
            with
        { RetryAfterSeconds = 1 };

    private static ProblemAnswer Aborted(FatScopeResult result, int status, string type, string title, string? reason)
    {
        var problem = new ProblemDetails { Type = type, Title = title, Status = status, Detail = reason };
        problem.Extensions["gid"] = result.Gid;
        problem.Extensions["outcome"] = RolledBack;
        if (result.Error is FatAbortedException aborted)
        {
            problem.Extensions["service"] = aborted.Service;
            problem.Extensions["method"] = aborted.Method;
            problem.Extensions["reason"] = aborted.Reason;
        }

        return new ProblemAnswer(problem, result.Error);
    }

    private static FatSaturatedException? Saturation(Exception? error)
    {
        for (; error is not null; error = error.InnerException)
        {
            if (error is FatSaturatedException saturated)
                return saturated;
        }

        return null;
    }
}
