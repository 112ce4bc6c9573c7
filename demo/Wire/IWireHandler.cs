using System.Text.Json;

namespace Wire;

/// <summary>Handles one message, in a dependency-injection scope of its own.</summary>
public interface IWireHandler
{
    Task HandleAsync(JsonElement body, CancellationToken cancellationToken);
}
