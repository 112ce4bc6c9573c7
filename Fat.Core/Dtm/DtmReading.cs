using System.Text;
using System.Text.Json;
using Fat.Messages;
using Fat.Protocol;

namespace Fat.Dtm;

/// <summary>Reads what clients send; says in words what is wrong with it.</summary>
internal static class DtmReading
{
    /// <summary>What a client may make the server wait for, in seconds: ten years.</summary>
    private const long LongestWait = 315_360_000;

    private const int LongestBranchId = 20;
    private const int LongestReason = 1_024;

    private static readonly int LongestGid = MessageId.MaxLength - DtmRows.Prefix.Length;

    public static bool TryReadGid(string? text, out MessageId id, out string problem)
    {
        problem = $"gid '{Shown(text)}' is not one: use 1 to {LongestGid} of A-Z a-z 0-9 . _ : ~ - and do not begin with {DtmRows.Prefix}";
        return MessageId.TryParse(text, out id) && text.Length <= LongestGid && !text.StartsWith(DtmRows.Prefix, StringComparison.Ordinal);
    }

    /// <summary>Reads a transaction; null, and why, for what is none.</summary>
    /// <param name="service">Who drives it.</param>
    /// <param name="request">What came.</param>
    /// <param name="limit">The most bytes that it may have.</param>
    /// <param name="now">The time.</param>
    /// <param name="problem">What is wrong.</param>
    public static DtmTransaction? Read(FatName service, FatDtmRequest request, int limit, DateTimeOffset now, out string problem)
    {
        if (!TryReadGid(request.Gid, out var id, out problem))
            return null;
        if (KindOf(request.TransType, out problem) is not { } kind)
            return null;
        if (request.Protocol is { Length: > 0 } protocol && protocol != "http")
            return Problem($"protocol '{Shown(protocol)}' is not supported: branches are called over HTTP", out problem);
        if (new[] { request.TimeoutToFail, request.RetryInterval, request.RetryLimit }.Any(number => number is < 0 or > LongestWait))
            return Problem($"timeout_to_fail, retry_interval and retry_limit are 0 to {LongestWait}", out problem);
        if (request.RequestTimeout < 0 || request.RequestTimeout > BranchCaller.LongestTimeout.TotalSeconds)
            return Problem($"request_timeout is 0 to {BranchCaller.LongestTimeout.TotalSeconds:0}", out problem);
        if (CustomData(kind, request.CustomData, out problem) is not { } custom || Branches(kind, request, out problem) is not { } branches)
            return null;
        if (custom.Delay is < 0 or > LongestWait)
            return Problem($"custom_data: delay is 0 to {LongestWait}", out problem);
        if (custom.Orders is { } orders && branches.Count > 0 && !DtmOrders.AreValid(orders, branches.Count))
            return Problem(DtmOrders.Invalid, out problem);
        if (request.QueryPrepared is { Length: > 0 } asked && !IsAddress(asked))
            return Problem($"query_prepared '{Shown(asked)}' is not an absolute address of http or https", out problem);
        var headers = request.BranchHeaders?.Where(header => header.Value is not null).ToDictionary(header => header.Key, header => header.Value!, StringComparer.Ordinal);
        if (headers?.Select(header => BranchHeaders.Problem(header.Key, header.Value)).FirstOrDefault(wrong => wrong is not null) is { } unsendable)
            return Problem($"branch_headers: {unsendable}", out problem);
        var transaction = new DtmTransaction(service.Text, id.Text, kind)
        {
            Branches = branches,
            QueryPrepared = Text(request.QueryPrepared),
            CustomData = Text(request.CustomData),
            Concurrent = request.Concurrent || custom.Concurrent,
            Orders = custom.Orders,
            Delay = kind == DtmKind.Message ? custom.Delay : 0,
            Timeout = request.TimeoutToFail,
            RequestTimeout = request.RequestTimeout,
            RetryInterval = request.RetryInterval,
            RetryLimit = request.RetryLimit,
            Headers = headers,
            Created = now,
            Updated = now,
        };
        return IsTooLarge(transaction, limit) ? Problem(TooLarge(limit), out problem) : transaction;
    }

    public static DtmBranch? Read(FatDtmBranchRequest request, out string problem)
    {
        problem = $"branch_id '{Shown(request.BranchId)}' is not one: use 1 to {LongestBranchId} of A-Z a-z 0-9 . _ -";
        if (!FatName.TryParse(request.BranchId, out var id) || id.Text.Length > LongestBranchId)
            return null;
        foreach (var url in new[] { request.Confirm, request.Cancel })
        {
            if (!string.IsNullOrEmpty(url) && !IsAddress(url))
            {
                problem = NoAddress(url);
                return null;
            }
        }

        return new DtmBranch(id.Text, new DtmCall(request.Confirm ?? string.Empty)) { Backward = new DtmCall(request.Cancel ?? string.Empty), Body = Text(request.Data) };
    }

    public static DtmKind? KindOf(string? text, out string problem)
    {
        problem = $"trans_type '{Shown(text)}' is not supported: use msg, saga or tcc";
        return text switch
        {
            "msg" => DtmKind.Message,
            "saga" => DtmKind.Saga,
            "tcc" => DtmKind.Tcc,
            _ => null,
        };
    }

    public static bool IsTooLarge(DtmTransaction transaction, int limit) => Encoding.UTF8.GetByteCount(transaction.Write()) > limit;

    public static string TooLarge(int limit) => $"the transaction has more than {limit} bytes with all its branches (Fat:Messages:SizeLimit)";

    public static string? Reason(string? text) => Text(text) is { Length: > LongestReason } @long ? @long[..LongestReason] : Text(text);

    private static List<DtmBranch>? Branches(DtmKind kind, FatDtmRequest request, out string problem)
    {
        problem = string.Empty;
        var branches = new List<DtmBranch>();
        var steps = kind == DtmKind.Tcc ? [] : request.Steps ?? [];
        for (var place = 0; place < steps.Count; place++)
        {
            var urls = new[] { steps[place]?.GetValueOrDefault("action"), steps[place]?.GetValueOrDefault("compensate") };
            if (Array.Find(urls, url => !string.IsNullOrEmpty(url) && !IsAddress(url)) is { } wrong)
            {
                problem = NoAddress(wrong);
                return null;
            }

            branches.Add(new DtmBranch($"{place + 1:00}", new DtmCall(urls[0] ?? string.Empty))
            {
                Backward = kind == DtmKind.Saga ? new DtmCall(urls[1] ?? string.Empty) : null,
                Body = Text(request.Payloads?.ElementAtOrDefault(place)) ?? Text(steps[place]?.GetValueOrDefault("data")),
            });
        }

        return branches;
    }

    private static DtmCustomData? CustomData(DtmKind kind, string? text, out string problem)
    {
        problem = "custom_data is not the JSON object that a message or a saga can have: {\"delay\": seconds}, or {\"concurrent\": true, \"orders\": {\"1\": [0]}}";
        if (kind == DtmKind.Tcc || string.IsNullOrEmpty(text))
            return new DtmCustomData();
        try
        {
            return JsonSerializer.Deserialize(text, DtmFormat.Compact.DtmCustomData);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static bool IsAddress(string text) => Uri.TryCreate(text, UriKind.Absolute, out var address) && address is { Scheme: "http" or "https", Host.Length: > 0 };

    private static string NoAddress(string url) => url.StartsWith("topic://", StringComparison.Ordinal)
        ? $"'{Shown(url)}': topics are not supported here; publish with IFatMessages"
        : $"'{Shown(url)}' is not an absolute address of http or https";

    private static string? Text(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string Shown(string? text) => text is { Length: > 200 } ? text[..200] : text ?? string.Empty;

    private static DtmTransaction? Problem(string text, out string problem)
    {
        problem = text;
        return null;
    }
}
