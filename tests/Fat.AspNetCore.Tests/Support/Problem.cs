using System.Text.Json;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>Problem details as they came.</summary>
internal sealed record Problem(int Status, string? MediaType, JsonElement Body)
{
    public string? this[string member] => Body.TryGetProperty(member, out var value) ? value.ToString() : null;

    public static async Task<Problem> OfAsync(HttpResponseMessage response)
    {
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        return new Problem((int)response.StatusCode, response.Content.Headers.ContentType?.MediaType, JsonElement.Parse(text));
    }
}
