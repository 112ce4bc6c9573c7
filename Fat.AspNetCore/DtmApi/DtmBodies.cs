using System.Text;
using System.Text.Json.Serialization;

namespace Fat.AspNetCore.DtmApi;

/// <summary>What is sent and read, under DTM's names.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.Never)]
[JsonSerializable(typeof(FatDtmRequest))]
[JsonSerializable(typeof(FatDtmBranchRequest))]
[JsonSerializable(typeof(DtmReplyBody))]
[JsonSerializable(typeof(DtmGidBody))]
[JsonSerializable(typeof(DtmVersionBody))]
[JsonSerializable(typeof(DtmQueryBody))]
[JsonSerializable(typeof(DtmAllBody))]
internal sealed partial class DtmBodies : JsonSerializerContext;

internal sealed record DtmReplyBody(
    [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? DtmResult, [property: JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)] string? Message);

internal sealed record DtmGidBody(string Gid, string DtmResult);

internal sealed record DtmVersionBody(string Version);

internal sealed record DtmAllBody(IReadOnlyList<DtmTransactionBody> Transactions, string NextPosition);

/// <summary>The answer of <c>query</c>: null and nothing when there is no such transaction.</summary>
internal sealed record DtmQueryBody(DtmTransactionBody? Transaction, IReadOnlyList<DtmBranchBody> Branches)
{
    public static DtmQueryBody Of(FatDtmTransaction? transaction) => transaction is null
        ? new DtmQueryBody(null, [])
        : new DtmQueryBody(DtmTransactionBody.WithSteps(transaction), [.. transaction.Branches.Select(branch => DtmBranchBody.Of(transaction, branch))]);
}

internal sealed record DtmTransactionBody(string Gid, string TransType, string Status, DateTimeOffset CreateTime, DateTimeOffset UpdateTime, string Protocol, bool Concurrent)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FinishTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? RollbackTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? RollbackReason { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? QueryPrepared { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? CustomData { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? NextCronTime { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<DtmStepBody>? Steps { get; init; }

    /// <summary>Of each step.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public IReadOnlyList<string>? Payloads { get; init; }

    /// <summary>As it was submitted; the branches of a tcc are no steps.</summary>
    public static DtmTransactionBody WithSteps(FatDtmTransaction transaction)
    {
        var actions = transaction.Branches.Where(branch => branch.Op == "action").ToList();
        var compensations = transaction.Branches.Where(branch => branch.Op == "compensate").ToDictionary(branch => branch.BranchId, branch => branch.Url, StringComparer.Ordinal);
        return actions.Count == 0 ? Of(transaction) : Of(transaction) with
        {
            Steps = [.. actions.Select(action => new DtmStepBody(action.Url) { Compensate = compensations.GetValueOrDefault(action.BranchId) })],
            Payloads = [.. actions.Select(action => action.Data ?? string.Empty)],
        };
    }

    public static DtmTransactionBody Of(FatDtmTransaction transaction) =>
        new(transaction.Gid, transaction.TransType, transaction.Status, transaction.CreateTime, transaction.UpdateTime, "http", transaction.Concurrent)
        {
            FinishTime = transaction.FinishTime,
            RollbackTime = transaction.RollbackTime,
            RollbackReason = transaction.RollbackReason,
            QueryPrepared = transaction.QueryPrepared,
            CustomData = transaction.CustomData,
            NextCronTime = transaction.NextCronTime,
        };
}

internal sealed record DtmStepBody(string Action)
{
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Compensate { get; init; }
}

internal sealed record DtmBranchBody(string Gid, string Url, string BranchId, string Op, string Status, DateTimeOffset CreateTime, DateTimeOffset UpdateTime)
{
    /// <summary>In base 64.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? BinData { get; init; }

    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public DateTimeOffset? FinishTime { get; init; }

    public static DtmBranchBody Of(FatDtmTransaction transaction, FatDtmTransactionBranch branch) =>
        new(transaction.Gid, branch.Url, branch.BranchId, branch.Op, branch.Status, transaction.CreateTime, branch.FinishTime ?? transaction.CreateTime)
        {
            BinData = branch.Data is { } data ? Convert.ToBase64String(Encoding.UTF8.GetBytes(data)) : null,
            FinishTime = branch.FinishTime,
        };
}
