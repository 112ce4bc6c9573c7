namespace Fat.Dtm;

/// <summary>The words of DTM.</summary>
internal static class DtmNames
{
    public const string Prepared = "prepared";
    public const string Succeed = "succeed";
    public const string Failed = "failed";

    public static string Of(DtmKind kind) => kind switch
    {
        DtmKind.Message => "msg",
        DtmKind.Saga => "saga",
        _ => "tcc",
    };

    public static string Of(DtmStatus status) => status switch
    {
        DtmStatus.Prepared => Prepared,
        DtmStatus.Submitted => "submitted",
        DtmStatus.Aborting => "aborting",
        DtmStatus.Succeeded => Succeed,
        _ => Failed,
    };

    public static string Of(DtmCallState state) => state switch
    {
        DtmCallState.Waiting => Prepared,
        DtmCallState.Done => Succeed,
        _ => Failed,
    };

    /// <summary>What a branch is asked to do. DTM's server calls the steps of a message with <c>action</c>; its <c>msg</c> is the question whether the producer has committed.</summary>
    public static string Op(DtmKind kind, bool backward) => (kind, backward) switch
    {
        (DtmKind.Tcc, false) => "confirm",
        (DtmKind.Tcc, true) => "cancel",
        (_, true) => "compensate",
        _ => "action",
    };
}
