using System.Text.Json;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>Every action, with a body that is taken.</summary>
internal static class Actions
{
    public static readonly string Force = $"api/groups/{Known.Gid}/force";
    public static readonly string Replay = $"api/incidents/{Known.Gid}/{Known.Branch}/replay";
    public static readonly string Close = $"api/incidents/{Known.Gid}/{Known.Branch}/close";
    public static readonly string Retry = $"api/messages/{Known.Message}/retry";
    public static readonly string Redeliver = $"api/messages/{Known.Message}/redeliver";
    public static readonly string Cancel = $"api/messages/{Known.Message}/cancel";

    public static IReadOnlyList<string> All { get; } = [Force, Replay, Close, Retry, Redeliver, Cancel];

    public static async Task<string> BodyAsync(DashboardApp app, string address, HttpClient? client = null)
    {
        if (address.StartsWith("api/incidents", StringComparison.Ordinal))
        {
            return address.EndsWith("close", StringComparison.Ordinal)
                ? """{"version":3,"note":"Done by hand."}"""
                : """{"version":3,"reason":"The customer called.","evenIfNotAllowed":true}""";
        }

        var seen = (await app.GetAsync(address[..address.LastIndexOf('/')], client)).GetProperty("seen").GetString();
        return JsonSerializer.Serialize(address[(address.LastIndexOf('/') + 1)..] switch
        {
            "force" => new { decision = "rolled-back", reason = "The customer called.", seen, rootWroteNothing = true, decisionDatabaseIsGone = false },
            "cancel" => (object)new { reason = "The customer called.", seen },
            _ => new { branch = "01", reason = "The customer called.", seen },
        });
    }
}
