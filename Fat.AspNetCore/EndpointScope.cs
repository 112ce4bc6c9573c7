using Fat.AspNetCore.Buffering;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Fat.AspNetCore;

/// <summary>One request to a marked endpoint: runs the rest of the pipeline as a scope and answers as the scope ended.</summary>
internal sealed class EndpointScope(HttpContext context, RequestDelegate next, IFatScopes scopes, ILogger logger)
{
    private readonly IFatRedactor? _redactor = context.RequestServices.GetService<IFatRedactor>();
    private readonly CancellationToken _callerGone = context.RequestAborted;

    /// <summary>The endpoint returned, with a status of 400 or more: that answer is the one to send when the group rolls back.</summary>
    private bool _answeredFailure;

    /// <summary>The scope's body was entered, so an exception that reaches us is not about the request's headers.</summary>
    private bool _ran;

    public async Task RunAsync(FatScopeRequest request)
    {
        RefuseGrpc(request.Name);
        var entered = new ScopeEntered();
        context.Features.Set(entered);
        var held = HeldResponse.Hold(context);
        await using (held.ConfigureAwait(false))
        {
            try
            {
                var result = await EnterAsync(request, held).ConfigureAwait(false);
                await AnswerAsync(request.Name, result, held).ConfigureAwait(false);
            }
            catch (FatRemoteDataException refused) when (!_ran)
            {
                Log.RemoteDataRefused(logger, request.Name, refused.Message);
                held.Discard();
                await Problems.OfRefusal(refused).WriteAsync(context, _callerGone).ConfigureAwait(false);
            }
            finally
            {
                entered.Over = true;
            }
        }
    }

    private Task<FatScopeResult> EnterAsync(FatScopeRequest request, HeldResponse held) => scopes.RunAsync(
        request with { RemoteData = RequestHeaders.Read(context.Request.Headers) },
        aborted => RunEndpointAsync(held, aborted),
        _callerGone);

    /// <summary>The body of the scope: null when it went well, else the reason why not.</summary>
    private async Task<string?> RunEndpointAsync(HeldResponse held, CancellationToken aborted)
    {
        _ran = true;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_callerGone, aborted);
        var refusing = NoUpgrade.Install(context.Features);
        context.RequestAborted = either.Token;
        try
        {
            await next(context).ConfigureAwait(false);
            await held.CompleteAsync().ConfigureAwait(false);
            if (context.Response.StatusCode < StatusCodes.Status400BadRequest)
                return held.Unsendable() ?? RedirectAnswer.Refusal(context);
            var reason = await EndpointFailure.ReasonAsync(context.Response, held, either.Token).ConfigureAwait(false);
            _answeredFailure = held.Unsendable() is null;
            return reason;
        }
        finally
        {
            context.RequestAborted = _callerGone;
            refusing.Remove();
        }
    }

    private Task AnswerAsync(string name, FatScopeResult result, HeldResponse held)
    {
        if (context.Response.HasStarted)
        {
            // Something wrote past us. Whatever it told the caller was not the outcome, so the caller must not take it for one.
            Log.StartedEarly(logger, name, result.Gid);
            context.Abort();
            return Task.CompletedTask;
        }

        // A caller that is gone reads no body. Whoever cancelled the request in its stead (request time-outs) answers this.
        if (_callerGone.IsCancellationRequested && result.Outcome != FatOutcome.Committed)
            throw new OperationCanceledException($"The caller of '{name}' is gone.", result.Error, _callerGone);

        ReplyHeaders.Add(context, result.Reply);
        switch (result.Outcome)
        {
            case FatOutcome.Committed:
                // Done is done: a request time-out that fires this late does not hide it.
                return held.ReleaseAsync(CancellationToken.None);
            case FatOutcome.Answered:
            case FatOutcome.RolledBack when _answeredFailure:
                return held.ReleaseAsync(_callerGone);
            case FatOutcome.RolledBack:
                Log.RolledBack(logger, name, result.Gid, Shown(result.Error));
                break;
            default:
                Log.InDoubt(logger, name, result.Gid, Shown(result.Error));
                break;
        }

        held.Discard();
        return Problems.Of(result, _redactor).WriteAsync(context, _callerGone);
    }

    /// <summary>Event 202 or 203 of the same group has the reason as it may be shown; an exception cannot be shown in part.</summary>
    private FatException? Shown(FatException? error) => _redactor is null ? error : null;

    private void RefuseGrpc(string name)
    {
        if (context.Request.ContentType?.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase) == true)
        {
            throw new FatConfigurationException(
                $"'{name}' is a gRPC method, whose failures hide in trailers: [FatServiceRegister] would commit them. Put the attribute on a method of a service that it calls.");
        }
    }
}
