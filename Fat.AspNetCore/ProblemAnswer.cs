using System.Globalization;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.AspNetCore;

/// <summary>Problem details to be sent, with the application's own customisation where it has one.</summary>
internal sealed record ProblemAnswer(ProblemDetails Problem, Exception? Error)
{
    public int? RetryAfterSeconds { get; init; }

    public async Task WriteAsync(HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.StatusCode = Problem.Status ?? StatusCodes.Status500InternalServerError;
        if (RetryAfterSeconds is { } seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(CultureInfo.InvariantCulture);
        if (context.RequestServices.GetService<IProblemDetailsService>() is { } service)
        {
            var asked = new ProblemDetailsContext { HttpContext = context, ProblemDetails = Problem, Exception = Error };
            if (await service.TryWriteAsync(asked).ConfigureAwait(false))
                return;
        }

        // Also when no registered writer suits the request's Accept header: the reason matters more than the format.
        await context.Response
            .WriteAsJsonAsync(Problem, (JsonSerializerOptions?)null, "application/problem+json", cancellationToken)
            .ConfigureAwait(false);
    }
}
