using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Routing;

namespace Fat.AspNetCore.Tests.Dashboard;

/// <summary>openapi.json says what is served: every address and method, every member of every answer, and nothing else.</summary>
public sealed class DescriptionTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_address_and_method_is_described_and_every_description_is_served()
    {
        await using var app = await DashboardApp.StartAsync();
        var description = await app.GetAsync("api/openapi.json");

        var described = description.GetProperty("paths").EnumerateObject().SelectMany(path => path.Value.EnumerateObject().Select(operation => $"{operation.Name.ToUpperInvariant()} {path.Name}"));
        var served = app.Endpoints.SelectMany(endpoint => (endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? []).Select(method => $"{method} {endpoint.RoutePattern.RawText!["/fat".Length..]}"))
            .Where(operation => operation.Contains(" /api/", StringComparison.Ordinal));

        Assert.Equal(served.Order(StringComparer.Ordinal), described.Order(StringComparer.Ordinal));
        Assert.StartsWith("3.1.", description.GetProperty("openapi").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_answer_has_the_members_that_are_described_and_no_other()
    {
        await using var app = await DashboardApp.StartAsync();
        var schemas = new Schemas(await app.GetAsync("api/openapi.json"));
        app.Desk.History = Known.History;

        foreach (var (operation, schema) in schemas.Reads())
        {
            foreach (var details in new[] { Known.Details, Known.Decided })
            {
                app.Desk.Details = details;
                var address = operation.TrimStart('/').Replace("{gid}", operation.Contains("messages", StringComparison.Ordinal) ? Known.Message : Known.Gid, StringComparison.Ordinal)
                    .Replace("{branch}", Known.Branch, StringComparison.Ordinal);
                schemas.Check(await app.GetAsync(address), schema, operation);
            }
        }

        schemas.Check(await app.GetAsync("api/overview?service=orders"), schemas.Answer("/api/overview", "get"), "/api/overview");
        app.Desk.Details = Known.Details;
        foreach (var action in Actions.All)
        {
            var operation = "/" + action.Replace(Known.Gid, "{gid}", StringComparison.Ordinal).Replace(Known.Message, "{gid}", StringComparison.Ordinal).Replace(Known.Branch, "{branch}", StringComparison.Ordinal);
            var body = await Actions.BodyAsync(app, action);
            schemas.Check(JsonElement.Parse(body), schemas.Request(operation), operation);
            using var answer = await app.ActAsync(action, body);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            schemas.Check(JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop)), schemas.Answer(operation), operation);
        }

        using var listening = await app.Client.GetAsync(DashboardApp.At("api/events"), HttpCompletionOption.ResponseHeadersRead, Stop);
        using var events = new StreamReader(await listening.Content.ReadAsStreamAsync(Stop));
        string? line;
        do
            line = await events.ReadLineAsync(Stop);
        while (line?.StartsWith("data: ", StringComparison.Ordinal) == false);
        schemas.Check(JsonElement.Parse(line!["data: ".Length..]), Schemas.To("Live"), "/api/events");
        schemas.Check(await ProblemAsync(app), Schemas.To("Problem"), "a problem");

        // Every member has been there, and with a value: an answer that is never given would pass otherwise.
        Assert.Empty(schemas.Unseen());
    }

    private static async Task<JsonElement> ProblemAsync(DashboardApp app)
    {
        using var answer = await app.Client.GetAsync(DashboardApp.At("api/nothing"), Stop);
        return JsonElement.Parse(await answer.Content.ReadAsStringAsync(Stop));
    }

    /// <summary>The schemas of the description, and which of their members were seen with a value.</summary>
    private sealed class Schemas(JsonElement description)
    {
        private readonly HashSet<string> _seen = new(StringComparer.Ordinal);

        public IEnumerable<(string Path, JsonElement Schema)> Reads() =>
            from path in description.GetProperty("paths").EnumerateObject()
            where path.Value.TryGetProperty("get", out _) && path.Name is not ("/api/events" or "/api/openapi.json")
            select (path.Name, Answer(path.Name, "get"));

        public JsonElement Answer(string path, string method = "post") => Of(description.GetProperty("paths").GetProperty(path).GetProperty(method).GetProperty("responses").GetProperty("200"));

        public JsonElement Request(string path) => Of(description.GetProperty("paths").GetProperty(path).GetProperty("post").GetProperty("requestBody"));

        public static JsonElement To(string name) => JsonSerializer.SerializeToElement(new Dictionary<string, string> { ["$ref"] = "#/components/schemas/" + name });

        private JsonElement Named(string name) => description.GetProperty("components").GetProperty("schemas").GetProperty(name);

        public IEnumerable<string> Unseen() =>
            from schema in description.GetProperty("components").GetProperty("schemas").EnumerateObject()
            where schema.Value.TryGetProperty("properties", out _)
            from member in schema.Value.GetProperty("properties").EnumerateObject()
            where !_seen.Contains($"{schema.Name}.{member.Name}")
            select $"{schema.Name}.{member.Name}";

        public void Check(JsonElement value, JsonElement schema, string where)
        {
            var name = "";
            if (schema.TryGetProperty("oneOf", out var either))
            {
                if (value.ValueKind == JsonValueKind.Null)
                    return;
                schema = either[0];
            }

            while (schema.TryGetProperty("$ref", out var reference))
            {
                name = reference.GetString()!.Split('/')[^1];
                schema = Named(name);
            }

            Assert.True(Types(schema).Contains(TypeOf(value)) || TypeOf(value) == "integer" && Types(schema).Contains("number"), $"{where}: {value.ValueKind} is none of {string.Join(", ", Types(schema))}");
            if (schema.TryGetProperty("enum", out var words))
                Assert.Contains(value.ToString(), words.EnumerateArray().Select(word => word.ToString()));
            if (schema.TryGetProperty("format", out var format) && format.GetString() == "date-time" && value.ValueKind == JsonValueKind.String)
                Assert.EndsWith("Z", value.GetString(), StringComparison.Ordinal);
            if (value.ValueKind == JsonValueKind.Array)
            {
                foreach (var item in value.EnumerateArray())
                    Check(item, schema.GetProperty("items"), where + "[]");
            }
            else if (value.ValueKind == JsonValueKind.Object)
            {
                CheckMembers(value, schema, name, where);
            }
        }

        private void CheckMembers(JsonElement value, JsonElement schema, string name, string where)
        {
            var members = schema.GetProperty("properties");
            var missing = schema.GetProperty("required").EnumerateArray().Select(member => member.GetString()!).Where(member => !value.TryGetProperty(member, out _));
            Assert.True(!missing.Any(), $"{where}: {string.Join(", ", missing)} is described and missing");
            foreach (var member in value.EnumerateObject())
            {
                Assert.True(members.TryGetProperty(member.Name, out var described), $"{where}: {member.Name} is served and not described");
                if (member.Value.ValueKind != JsonValueKind.Null)
                    _seen.Add($"{name}.{member.Name}");
                Check(member.Value, described, $"{where}.{member.Name}");
            }
        }

        private static IEnumerable<string> Types(JsonElement schema)
        {
            var type = schema.GetProperty("type");
            return type.ValueKind == JsonValueKind.Array ? type.EnumerateArray().Select(one => one.GetString()!) : [type.GetString()!];
        }

        private static string TypeOf(JsonElement value) => value.ValueKind switch
        {
            JsonValueKind.Null => "null",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            JsonValueKind.Number => value.TryGetInt64(out _) ? "integer" : "number",
            JsonValueKind.String => "string",
            JsonValueKind.Array => "array",
            _ => "object",
        };

        private static JsonElement Of(JsonElement content) => content.GetProperty("content").GetProperty("application/json").GetProperty("schema");
    }
}
