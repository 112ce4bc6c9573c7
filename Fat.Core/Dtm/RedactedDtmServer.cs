using Fat.Diagnostics;

namespace Fat.Dtm;

/// <summary>A DTM server that shows bodies, custom data and reasons as the application's redactor does. What it stores and calls is as it came.</summary>
internal sealed class RedactedDtmServer(IFatDtmServer server, Redaction redaction) : IFatDtmServer
{
    private const string CustomData = "custom data";

    public string NewGid() => server.NewGid();

    public Task<FatDtmAnswer> PrepareAsync(FatDtmRequest request, CancellationToken cancellationToken = default) => server.PrepareAsync(request, cancellationToken);

    public Task<FatDtmAnswer> SubmitAsync(FatDtmRequest request, CancellationToken cancellationToken = default) => server.SubmitAsync(request, cancellationToken);

    public Task<FatDtmAnswer> AbortAsync(FatDtmRequest request, CancellationToken cancellationToken = default) => server.AbortAsync(request, cancellationToken);

    public Task<FatDtmAnswer> RegisterBranchAsync(FatDtmBranchRequest branch, CancellationToken cancellationToken = default) => server.RegisterBranchAsync(branch, cancellationToken);

    public Task<FatDtmAnswer> ForceStopAsync(string? gid, CancellationToken cancellationToken = default) => server.ForceStopAsync(gid, cancellationToken);

    public Task<FatDtmAnswer> ResetNextCronTimeAsync(string? gid, CancellationToken cancellationToken = default) => server.ResetNextCronTimeAsync(gid, cancellationToken);

    public async Task<FatDtmTransaction?> FindAsync(string? gid, CancellationToken cancellationToken = default) =>
        await server.FindAsync(gid, cancellationToken).ConfigureAwait(false) is { } found ? Show(found) : null;

    public async Task<IReadOnlyList<FatDtmTransaction>> ListAsync(string? after = null, int most = 100, CancellationToken cancellationToken = default) =>
        [.. (await server.ListAsync(after, most, cancellationToken).ConfigureAwait(false)).Select(Show)];

    private FatDtmTransaction Show(FatDtmTransaction transaction) => transaction with
    {
        RollbackReason = redaction.Reason(transaction.Gid, transaction.TransType, transaction.RollbackReason),
        Error = redaction.Reason(transaction.Gid, transaction.TransType, transaction.Error),
        CustomData = redaction.Payload(transaction.Gid, CustomData, transaction.CustomData),
        Branches = [.. transaction.Branches.Select(branch => branch with { Data = redaction.Payload(transaction.Gid, branch.Url, branch.Data) })],
    };
}
