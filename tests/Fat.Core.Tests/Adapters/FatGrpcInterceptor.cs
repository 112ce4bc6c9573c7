using Fat;
using Grpc.Core;
using Grpc.Core.Interceptors;

namespace Adapters;

/// <summary>
/// Carries groups over unary gRPC calls. On a client (<c>channel.Intercept(interceptor)</c>) it sends the group along; on a server
/// (<c>AddGrpc(options => options.Interceptors.Add&lt;FatGrpcInterceptor&gt;())</c>) it makes a call that brings one a child of it.
/// </summary>
public sealed class FatGrpcInterceptor(IFatScopes scopes) : Interceptor
{
    private static readonly string[] RequestFields = [FatRemoteFields.Context, FatRemoteFields.Signature, FatRemoteFields.Trace, FatRemoteFields.Unjoined];
    private static readonly string[] ReplyFields = [FatRemoteFields.Reply, FatRemoteFields.Address];

    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
    {
        if (FatUnjoinedCall.Current is { } handled)
            return UnjoinedUnaryCall(request, context, handled, continuation);
        if (FatContext.Current is not { } group || FatContext.BuildRemoteData(context.Method.FullName) is not { } call)
            return continuation(request, context);

        // The call ends with the group.
        var either = CancellationTokenSource.CreateLinkedTokenSource(context.Options.CancellationToken, group.Aborted);
        try
        {
            var sent = continuation(request, With(context, call.Fields, either.Token));
            return new AsyncUnaryCall<TResponse>(AnswerAsync(sent, call, either), sent.ResponseHeadersAsync, sent.GetStatus, sent.GetTrailers, sent.Dispose);
        }
        catch (Exception failure)
        {
            // Not sent, as far as is known: an unanswered call must not commit.
            call.Failed(failure.Message);
            either.Dispose();
            throw;
        }
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation) =>
        FatContext.Current is null && FatUnjoinedCall.Current is null
            ? continuation(request, context)
            : throw new NotSupportedException($"{context.Method.FullName} is called inside a group: use its asynchronous method, or FatContext.Suppress() if it takes no part.");

    public override async Task<TResponse> UnaryServerHandler<TRequest, TResponse>(
        TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
    {
        var fields = Read(context.RequestHeaders, RequestFields);
        if (!fields.ContainsKey(FatRemoteFields.Context))
            return fields.ContainsKey(FatRemoteFields.Unjoined) ? await UnjoinedAsync(request, context, fields, continuation) : await continuation(request, context);

        TResponse? response = null;
        FatScopeResult result;
        try
        {
            result = await scopes.RunAsync(
                new FatScopeRequest(context.Method, new FatServiceRegisterAttribute(), fields),
                async _ =>
                {
                    response = await continuation(request, context);
                    return null;
                },
                context.CancellationToken);
        }
        catch (FatRemoteDataException refused)
        {
            // Malformed, or not signed: nothing was enlisted.
            throw new RpcException(new Status(StatusCode.InvalidArgument, refused.Message));
        }

        // Trailers go with a failure as well: they name the first one.
        foreach (var (name, value) in result.Reply)
            context.ResponseTrailers.Add(name, value);
        return result.Error is { } error ? throw new RpcException(new Status(StatusCode.Aborted, error.Message)) : response!;
    }

    /// <summary>The caller handles a call from inside a group without a part in it: it says so, that no group begins further on, and hears of it when one was refused.</summary>
    private static AsyncUnaryCall<TResponse> UnjoinedUnaryCall<TRequest, TResponse>(
        TRequest request, ClientInterceptorContext<TRequest, TResponse> context, FatUnjoinedCall handled, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
        where TRequest : class
        where TResponse : class
    {
        var sent = continuation(request, With(context, handled.Fields, context.Options.CancellationToken));
        return new AsyncUnaryCall<TResponse>(AnswerAsync(), sent.ResponseHeadersAsync, sent.GetStatus, sent.GetTrailers, sent.Dispose);

        async Task<TResponse> AnswerAsync()
        {
            try
            {
                var response = await sent.ResponseAsync;
                handled.Answered(Read(sent.GetTrailers(), ReplyFields));
                return response;
            }
            catch (RpcException refused)
            {
                handled.Answered(Read(refused.Trailers, ReplyFields));
                throw;
            }
        }
    }

    private static async Task<TResponse> UnjoinedAsync<TRequest, TResponse>(
        TRequest request, ServerCallContext context, Dictionary<string, string> fields, UnaryServerMethod<TRequest, TResponse> continuation)
        where TRequest : class
        where TResponse : class
    {
        using var handled = FatUnjoinedCall.Enter(context.Method, fields);
        try
        {
            return await continuation(request, context);
        }
        finally
        {
            foreach (var (name, value) in handled.Reply)
                context.ResponseTrailers.Add(name, value);
        }
    }

    private static async Task<TResponse> AnswerAsync<TResponse>(AsyncUnaryCall<TResponse> sent, FatRemoteCall call, CancellationTokenSource either)
    {
        using (either)
        {
            try
            {
                var response = await sent.ResponseAsync;

                // Without fat-reply among them the call counts as failed: nobody knows what the other side did.
                call.Answered(Read(sent.GetTrailers(), ReplyFields));
                return response;
            }
            catch (RpcException refused)
            {
                call.Failed($"{refused.Status.StatusCode}: {refused.Status.Detail}", Read(refused.Trailers, ReplyFields));
                throw;
            }
            catch (Exception failure)
            {
                call.Failed(failure.Message);
                throw;
            }
        }
    }

    /// <summary>The same call with more headers; the caller's own stay.</summary>
    private static ClientInterceptorContext<TRequest, TResponse> With<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context, IReadOnlyDictionary<string, string> fields, CancellationToken cancellationToken)
        where TRequest : class
        where TResponse : class
    {
        var headers = new Metadata();
        foreach (var entry in context.Options.Headers ?? [])
            headers.Add(entry);
        foreach (var (name, value) in fields)
            headers.Add(name, value);
        return new(context.Method, context.Host, context.Options.WithHeaders(headers).WithCancellationToken(cancellationToken));
    }

    private static Dictionary<string, string> Read(Metadata metadata, string[] names)
    {
        var fields = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var name in names)
        {
            if (metadata.GetValue(name) is { } value)
                fields[name] = value;
        }

        return fields;
    }
}
