namespace Fat.AspNetCore.Tests.Support;

/// <summary>
/// The requests of the package Dtmcli as its source makes them (github.com/dtm-labs/client-csharp at ebb10f1): the package itself is not on the feed of these tests. Bodies are what
/// <c>JsonSerializer</c> writes of <c>src/DtmCommon/Imp/TransBase.cs</c> with the options of <c>src/Dtmcli/DtmClient.cs</c> (indented, nulls included), the content type is its
/// <c>src/Dtmcli/Constant.cs</c>: <c>application/json</c> without a charset.
/// </summary>
internal static class DtmcliRequests
{
    /// <summary><c>src/Dtmcli/Msg/Msg.cs</c>: Add, Prepare and Submit send the same object; SetDelay fills custom_data on Submit only.</summary>
    public static string Message(string gid, string action, string queryPrepared, bool wait = false, string? customData = null) => $$"""
        {
          "gid": "{{gid}}",
          "trans_type": "msg",
          "custom_data": {{customData ?? "null"}},
          "wait_result": {{(wait ? "true" : "false")}},
          "timeout_to_fail": 0,
          "request_timeout": 0,
          "retry_interval": 0,
          "branch_headers": null,
          "retry_limit": 0,
          "retry_count": 0,
          "steps": [
            {
              "action": "{{action}}"
            }
          ],
          "payloads": [
            "{\u0022UserId\u0022:\u00221\u0022,\u0022Amount\u0022:30}"
          ],
          "query_prepared": "{{queryPrepared}}",
          "protocol": null,
          "rollback_reason": null
        }
        """;

    /// <summary><c>src/Dtmcli/Saga/Saga.cs</c>: Add twice, EnableConcurrent with AddBranchOrder, EnableWaitResult, Submit.</summary>
    public static string Saga(string gid, string one, string two, string compensate, bool wait, string? customData = null) => $$"""
        {
          "gid": "{{gid}}",
          "trans_type": "saga",
          "custom_data": {{customData ?? "null"}},
          "wait_result": {{(wait ? "true" : "false")}},
          "timeout_to_fail": 0,
          "request_timeout": 0,
          "retry_interval": 0,
          "branch_headers": {
            "Authorization": "bearer 1"
          },
          "retry_limit": 0,
          "retry_count": 0,
          "steps": [
            {
              "action": "{{one}}",
              "compensate": "{{compensate}}"
            },
            {
              "action": "{{two}}",
              "compensate": "{{compensate}}"
            }
          ],
          "payloads": [
            "{\u0022Amount\u0022:30}",
            "{\u0022Amount\u0022:30}"
          ],
          "query_prepared": null,
          "protocol": null,
          "rollback_reason": null
        }
        """;

    /// <summary><c>src/Dtmcli/Tcc/TccGlobalTransaction.cs</c>: prepare, submit, and abort with a reason.</summary>
    public static string Tcc(string gid, string? reason = null) => $$"""
        {
          "gid": "{{gid}}",
          "trans_type": "tcc",
          "custom_data": null,
          "wait_result": true,
          "timeout_to_fail": 0,
          "request_timeout": 0,
          "retry_interval": 0,
          "branch_headers": null,
          "retry_limit": 0,
          "retry_count": 0,
          "steps": null,
          "payloads": null,
          "query_prepared": null,
          "protocol": null,
          "rollback_reason": {{(reason is null ? "null" : $"\"{reason}\"")}}
        }
        """;

    /// <summary><c>src/Dtmcli/Tcc/Tcc.cs</c>, CallBranch through <c>DtmClient.TransRegisterBranch</c>: a dictionary of texts.</summary>
    public static string Branch(string gid, string branch, string confirm, string cancel) => $$"""
        {
          "gid": "{{gid}}",
          "trans_type": "tcc",
          "data": "{\u0022Amount\u0022:30}",
          "branch_id": "{{branch}}",
          "confirm": "{{confirm}}",
          "cancel": "{{cancel}}"
        }
        """;
}
