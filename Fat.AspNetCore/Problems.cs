using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;

namespace Fat.AspNetCore;

/// <summary>Turns what became of a scope into problem details.</summary>
internal static class Problems
{
    private const string RolledBack = "rolled-back";
    private static readonly Dictionary<string, string> Nothing = new(StringComparer.Ordinal);

    /// <param name="result">What became of the scope.</param>
    /// <param name="redactor">What clients are shown of reasons; null for all.</param>
    public static ProblemAnswer Of(FatScopeResult result, IFatRedactor? redactor)
    {
        if (result.Outcome == FatOutcome.InDoubt)
            return OfInDoubt(result, redactor);
        if (Saturation(result.Error) is { } saturated)
            return OfSaturation(result, saturated, redactor);
        var aborted = result.Error as FatAbortedException;

        // A request that cannot be read (too large, cut off) is its sender's mistake; the server's exception says which.
        var status = aborted?.InnerException is BadHttpRequestException bad ? bad.StatusCode : StatusCodes.Status409Conflict;
        return Aborted(result, status, "urn:fat:rolled-back", "The transaction was rolled back.", aborted is null ? null : Shown(result.Gid, aborted.Method, aborted.Reason, redactor), redactor);
    }

    /// <summary>How a group that was begun further in has ended; null when the exception does not tell.</summary>
    public static ProblemAnswer? Of(FatException ended, IFatRedactor? redactor) => ended switch
    {
        FatAbortedException aborted => Of(new FatScopeResult(FatOutcome.RolledBack, aborted, Nothing, aborted.Gid), redactor),
        FatInDoubtException inDoubt => Of(new FatScopeResult(FatOutcome.InDoubt, inDoubt, Nothing, inDoubt.Gid), redactor),
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

    private static ProblemAnswer OfInDoubt(FatScopeResult result, IFatRedactor? redactor)
    {
        var problem = new ProblemDetails
        {
            Type = "urn:fat:in-doubt",
            Title = "The outcome of the transaction is not known yet.",
            Status = StatusCodes.Status500InternalServerError,
            Detail = result.Error is { } error ? Shown(result.Gid, string.Empty, error.Message, redactor) : null,
        };
        problem.Extensions["gid"] = result.Gid;
        problem.Extensions["outcome"] = "in-doubt";
        return new ProblemAnswer(problem, result.Error);
    }

    private static ProblemAnswer OfSaturation(FatScopeResult result, FatSaturatedException saturated, IFatRedactor? redactor) =>
        Aborted(result, StatusCodes.Status503ServiceUnavailable, "urn:fat:saturated", "The service is busy; the transaction was rolled back.", saturated.Message, redactor)
            with
        { RetryAfterSeconds = 1 };

    private static ProblemAnswer Aborted(FatScopeResult result, int status, string type, string title, string? reason, IFatRedactor? redactor)
    {
        var problem = new ProblemDetails { Type = type, Title = title, Status = status, Detail = reason };
        problem.Extensions["gid"] = result.Gid;
        problem.Extensions["outcome"] = RolledBack;
        if (result.Error is FatAbortedException aborted)
        {
            problem.Extensions["service"] = aborted.Service;
            problem.Extensions["method"] = aborted.Method;
            problem.Extensions["reason"] = Shown(result.Gid, aborted.Method, aborted.Reason, redactor);
        }

        return new ProblemAnswer(problem, result.Error);
    }

    private static string? Shown(string gid, string method, string reason, IFatRedactor? redactor) =>
        redactor is null ? reason : redactor.Redact(new FatContent(FatContentKind.Reason, gid, method, reason));

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
