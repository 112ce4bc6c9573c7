using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore;

/// <summary>The name of an endpoint for people: <c>POST /orders/{id}</c>.</summary>
internal static class ScopeName
{
    public static string Of(HttpRequest request, Endpoint endpoint) => endpoint is RouteEndpoint { RoutePattern.RawText: { } pattern }
        ? $"{request.Method} /{pattern.TrimStart('/')}"
        : endpoint.DisplayName ?? $"{request.Method} {request.Path}";
}
