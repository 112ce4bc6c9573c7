using Fat;
using Microsoft.AspNetCore.Mvc;

namespace Orders.Demonstration;

/// <summary>Only for the demonstration: what an operator sees of messages, and does about them.</summary>
[ApiController]
public sealed class MessagesController(IFatMessageAdmin messages) : ControllerBase
{
    [HttpGet("/messages/{gid}")]
    public async Task<ActionResult<FatMessageDetails>> FindAsync(string gid, CancellationToken cancellationToken) =>
        await messages.FindAsync(gid, cancellationToken) is { } message ? message : NotFound();

    [HttpPost("/messages/{gid}/retry")]
    public Task<int> RetryAsync(string gid, CancellationToken cancellationToken) => messages.RetryNowAsync(gid, cancellationToken: cancellationToken);
}
