// Grpc.Core.Api does not restore where this is built: as much of its surface as the interceptor uses, with the names and signatures that it has (2.29 and later).
using System.Collections;

#pragma warning disable CA1710, CA1711, MA0048, SA1402 // The names are gRPC's.

namespace Grpc.Core
{
    public enum StatusCode
    {
        OK = 0,
        Cancelled = 1,
        Unknown = 2,
        InvalidArgument = 3,
        Aborted = 10,
    }

    public delegate Task<TResponse> UnaryServerMethod<TRequest, TResponse>(TRequest request, ServerCallContext context)
        where TRequest : class
        where TResponse : class;

    public readonly struct Status(StatusCode statusCode, string detail)
    {
        public StatusCode StatusCode { get; } = statusCode;

        public string Detail { get; } = detail;
    }

    public sealed class RpcException(Status status, Metadata trailers) : Exception($"Status(StatusCode=\"{status.StatusCode}\", Detail=\"{status.Detail}\")")
    {
        public RpcException(Status status)
            : this(status, [])
        {
        }

        public Status Status { get; } = status;

        public Metadata Trailers { get; } = trailers;
    }

    public sealed class Metadata : IEnumerable<Metadata.Entry>
    {
        private readonly List<Entry> _entries = [];

        public void Add(Entry item) => _entries.Add(item);

        public void Add(string key, string value) => Add(new Entry(key, value));

        public string? GetValue(string key) => _entries.LastOrDefault(entry => entry.Key == key)?.Value;

        public IEnumerator<Entry> GetEnumerator() => _entries.GetEnumerator();

        IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

        public sealed class Entry(string key, string value)
        {
            /// <summary>Keys are lower case on the wire.</summary>
            public string Key { get; } = key.ToLowerInvariant();

            public string Value { get; } = value;
        }
    }

    public sealed class Method<TRequest, TResponse>(string fullName)
    {
        public string FullName { get; } = fullName;
    }

    public readonly struct CallOptions(Metadata? headers = null, DateTime? deadline = null, CancellationToken cancellationToken = default)
    {
        public Metadata? Headers { get; } = headers;

        public DateTime? Deadline { get; } = deadline;

        public CancellationToken CancellationToken { get; } = cancellationToken;

        public CallOptions WithHeaders(Metadata headers) => new(headers, Deadline, CancellationToken);

        public CallOptions WithCancellationToken(CancellationToken cancellationToken) => new(Headers, Deadline, cancellationToken);
    }

    public sealed class AsyncUnaryCall<TResponse>(
        Task<TResponse> responseAsync, Task<Metadata> responseHeadersAsync, Func<Status> getStatusFunc, Func<Metadata> getTrailersFunc, Action disposeAction) : IDisposable
    {
        public Task<TResponse> ResponseAsync { get; } = responseAsync;

        public Task<Metadata> ResponseHeadersAsync { get; } = responseHeadersAsync;

        public Status GetStatus() => getStatusFunc();

        public Metadata GetTrailers() => getTrailersFunc();

        public void Dispose() => disposeAction();
    }

    public abstract class ServerCallContext
    {
        public string Method => MethodCore;

        public Metadata RequestHeaders => RequestHeadersCore;

        public Metadata ResponseTrailers => ResponseTrailersCore;

        public CancellationToken CancellationToken => CancellationTokenCore;

        protected abstract string MethodCore { get; }

        protected abstract Metadata RequestHeadersCore { get; }

        protected abstract Metadata ResponseTrailersCore { get; }

        protected abstract CancellationToken CancellationTokenCore { get; }
    }
}

namespace Grpc.Core.Interceptors
{
    public readonly struct ClientInterceptorContext<TRequest, TResponse>(Method<TRequest, TResponse> method, string? host, CallOptions options)
        where TRequest : class
        where TResponse : class
    {
        public Method<TRequest, TResponse> Method { get; } = method;

        public string? Host { get; } = host;

        public CallOptions Options { get; } = options;
    }

    public abstract class Interceptor
    {
        public delegate TResponse BlockingUnaryCallContinuation<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class;

        public delegate AsyncUnaryCall<TResponse> AsyncUnaryCallContinuation<TRequest, TResponse>(TRequest request, ClientInterceptorContext<TRequest, TResponse> context)
            where TRequest : class
            where TResponse : class;

        public virtual TResponse BlockingUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, BlockingUnaryCallContinuation<TRequest, TResponse> continuation)
            where TRequest : class
            where TResponse : class => continuation(request, context);

        public virtual AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
            TRequest request, ClientInterceptorContext<TRequest, TResponse> context, AsyncUnaryCallContinuation<TRequest, TResponse> continuation)
            where TRequest : class
            where TResponse : class => continuation(request, context);

        public virtual Task<TResponse> UnaryServerHandler<TRequest, TResponse>(TRequest request, ServerCallContext context, UnaryServerMethod<TRequest, TResponse> continuation)
            where TRequest : class
            where TResponse : class => continuation(request, context);
    }
}
