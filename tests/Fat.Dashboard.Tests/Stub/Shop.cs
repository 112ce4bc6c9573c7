namespace Fat.Dashboard.Tests.Stub;

/// <summary>A shop with some of everything: Orders calls Stock and Accounts. What others can write holds HTML that would say so if it were run.</summary>
internal static class Shop
{
    public const string RolledBack = "01936f0e-7d1c-7c3a-9b7e-2f5d8a4c6e10";
    public const string Committed = "01936f0e-8a2b-7d4c-8c11-0a1b2c3d4e5f";
    public const string InDoubt = "01936f0e-9c3d-7e5f-9d22-112233445566";
    public const string Open = "01936f0e-ad4e-7f60-8e33-223344556677";
    public const string FailedMessage = "m~01936f0ebe5f70718f44334455667788";
    public const string LostBranch = "1-0a1b2c3d-1";

    /// <summary>Text that would set a flag in the page if any of it were taken for HTML or for a script.</summary>
    public const string Hostile = "<img src=x onerror=\"window.pwned=1\"><script>window.pwned=2</script></pre><svg onload=window.pwned=3> & 'quoted' \"twice\"";

    /// <summary>The same as a name: names are short, but nobody promises that they hold.</summary>
    public const string HostileName = "stock<b onmouseover=window.pwned=4>";

    private const string Token = "token-of-the-stub";

    private static readonly DateTimeOffset Now = TimeProvider.System.GetUtcNow();
    private static readonly string[] Services = ["accounts", "orders", HostileName];

    public static void Stock(StubDashboard stub, bool readOnly)
    {
        stub.Answer("GET session", new { service = "orders", instance = "orders~0a1b2c3d4e5f", version = "0.1.0", user = "ada@example.org", readOnly, token = Token, services = Services });
        stub.Answer("GET overview", asked => Overview(asked.Query["range"] == "week"));
        stub.Answer("GET groups", asked => Groups(asked.Query["state"].ToString(), asked.Query["cursor"].ToString()));
        stub.Answer($"GET groups/{RolledBack}", RolledBackGroup());
        stub.Answer($"GET groups/{InDoubt}", InDoubtGroup());
        stub.Answer("GET in-doubt", new { items = new[] { Doubt(InDoubt, "orders", 754_000), Doubt(Open, "ledger", 5_400) }, hasMore = false, unreachable = Array.Empty<string>() });
        stub.Answer("GET incidents", new { items = new[] { Incident("open", allowsReplay: false), Incident("failed", allowsReplay: true) }, hasMore = false, unreachable = new[] { "ledger" } });
        stub.Answer($"GET incidents/{Committed}/{LostBranch}", IncidentDetails("{\"amount\":12.5,\"note\":\"<img src=x onerror='window.pwned=5'>\"}"));
        stub.Answer("GET messages", new { items = new[] { Message(withPayload: false) }, hasMore = true, counts = new { prepared = 0, submitted = 12, failed = 1, consumed = 10_000, cancelled = 3 } });
        stub.Answer($"GET messages/{FailedMessage}", Message(withPayload: true));
        stub.Answer("GET subscriptions", new { items = new[] { new { topic = "order-placed", group = "shipping", waiting = 4, retrying = 2, delivering = 1, failed = 1 }, new { topic = "order-placed", group = HostileName, waiting = 0, retrying = 0, delivering = 0, failed = 0 } } });
        stub.Answer("GET instances", Instances());
        stub.Answer("GET audit", new { items = Audit(), hasMore = false, unreachable = Array.Empty<string>() });
    }

    /// <summary>Puts a system in which nothing has happened into the stub.</summary>
    public static void Empty(StubDashboard stub)
    {
        var nothing = new { items = Array.Empty<object>(), hasMore = false, unreachable = Array.Empty<string>() };
        stub.Answer("GET overview", new
        {
            service = (string?)null,
            range = "hour",
            stepMs = 60_000,
            points = Enumerable.Range(0, 60).Select(minute => Point(Now.AddMinutes(minute - 59), 0, 0, 0, null, null)),
            reasons = Array.Empty<object>(),
            totals = new { committed = 0, rolledBack = 0, inDoubt = 0 },
            now = new { open = 0, inDoubt = 0, oldestInDoubtMs = (double?)null, incidents = 0, failedMessages = 0 },
            unreachable = Array.Empty<string>(),
        });
        stub.Answer("GET groups", new { items = Array.Empty<object>(), next = (string?)null, unreachable = Array.Empty<string>() });
        stub.Answer("GET in-doubt", nothing);
        stub.Answer("GET incidents", nothing);
        stub.Answer("GET messages", new { items = Array.Empty<object>(), hasMore = false, counts = new { prepared = 0, submitted = 0, failed = 0, consumed = 0, cancelled = 0 } });
        stub.Answer("GET subscriptions", new { items = Array.Empty<object>() });
        stub.Answer("GET instances", new { items = Array.Empty<object>() });
        stub.Answer("GET audit", nothing);
    }

    public static object Event() => new
    {
        at = TimeProvider.System.GetUtcNow(),
        lastMinute = new { committed = 118, rolledBack = 4, inDoubt = 0, p50Ms = 21.0, p99Ms = 187.5 },
        now = NowCounts(),
    };

    public static object Overview(bool isWeek, int committed = 6_412)
    {
        var step = isWeek ? TimeSpan.FromHours(1) : TimeSpan.FromMinutes(1);
        var count = isWeek ? 168 : 60;
        var last = new DateTimeOffset(Now.UtcTicks - (Now.UtcTicks % step.Ticks), TimeSpan.Zero);
        return new
        {
            service = (string?)null,
            range = isWeek ? "week" : "hour",
            stepMs = step.TotalMilliseconds,
            points = Enumerable.Range(0, count).Select(index =>
            {
                var wave = Math.Sin(index / 9.0);
                return index % 23 == 22
                    ? Point(last - ((count - 1 - index) * step), 0, 0, 0, null, null)
                    : Point(last - ((count - 1 - index) * step), (int)(110 + (60 * wave)), (int)(6 + (5 * Math.Cos(index / 4.0))), index % 17 == 3 ? 1 : 0, 20 + (5 * wave), 120 + (70 * Math.Abs(wave)));
            }),
            reasons = new[]
            {
                new { service = "stock", method = "POST /reservations", reason = "There are fewer than 3 pieces of tea.", count = 241 },
                new { service = HostileName, method = "ReserveAsync", reason = Hostile, count = 63 },
                new { service = "accounts", method = "PayAsync", reason = "The account has been closed.", count = 9 },
                new { service = "", method = "", reason = "", count = 4 },
            },
            totals = new { committed, rolledBack = 317, inDoubt = 4 },
            now = NowCounts(),
            unreachable = Array.Empty<string>(),
        };
    }

    private static object NowCounts() => new { open = 2, inDoubt = 2, oldestInDoubtMs = 754_000.0, incidents = 2, failedMessages = 1 };

    private static object Point(DateTimeOffset at, int committed, int rolledBack, int inDoubt, double? p50Ms, double? p99Ms) => new { at, committed, rolledBack, inDoubt, p50Ms, p99Ms };

    private static object Groups(string state, string cursor)
    {
        var all = new[]
        {
            Group(RolledBack, "rolled-back", 2, new { service = "stock", method = "POST /reservations", reason = "There are fewer than 3 pieces of tea." }),
            Group(Committed, "committed", 60, null),
            Group("01936f0d-1111-7222-8333-444455556666", "rolled-back", 4_000, new { service = HostileName, method = "ReserveAsync", reason = Hostile }),
            Group(InDoubt, "in-doubt", 90_000, null),
        };
        var open = Group(Open, "open", 5, null);
        object[] items = state switch
        {
            "" => cursor.Length == 0 ? all : [Group("01936f0c-9999-7222-8333-444455556666", "committed", 200_000, null)],
            "open" => [open],
            _ => [.. all.Where(group => group.State == state)],
        };
        return new { items, next = state.Length == 0 && cursor.Length == 0 ? "200000-1" : null, unreachable = Array.Empty<string>() };
    }

    private static GroupLine Group(string gid, string state, int secondsAgo, object? abort)
    {
        var began = Now.AddSeconds(-secondsAgo);
        return new GroupLine(gid, "orders", "POST /orders", state, began, state == "open" ? null : began.AddMilliseconds(37), state == "open" ? 5_000 : 37.25, 3, abort);
    }

    private static object RolledBackGroup()
    {
        var began = Now.AddMinutes(-3);
        DateTimeOffset At(double ms) => began.AddMilliseconds(ms);
        return new
        {
            gid = RolledBack,
            service = "orders",
            instance = "orders~0a1b2c3d4e5f",
            method = "POST /orders",
            state = "rolled-back",
            began,
            ended = At(182),
            durationMs = 182.0,
            abort = new { service = "stock", method = "POST /reservations", reason = "There are fewer than 3 pieces of tea." },
            decision = "rolled-back",
            decisionDatabase = "orders",
            branches = new object[]
            {
                Branch("0-aaaaaaaa-1", "0", null, "orders", "OrderService.PlaceAsync", "orders", "prepared", "rolled-back", At(4), At(31), At(160), At(178), null),
                Branch("1-bbbbbbbb-1", "1", "0", "accounts", "AccountService.PayAsync", "accounts", "prepared", "rolled-back", At(38), At(74), At(164), At(171), null),
                Branch("2-cccccccc-1", "2", "0", HostileName, "StockService.ReserveAsync", "stock", "pending", null, At(80), null, null, At(140), Hostile),
                Branch("2.1-dddddddd-1", "2.1", "2", "audit", "Trail.WriteAsync", "trail", "read-only", null, At(90), At(101), null, At(101), null),
                Branch("0-aaaaaaaa-2", "0", null, "orders", "OrderService.CountAsync", "orders", "pending", "rolled-back", At(150), null, At(160), At(170), null),
            },
            scopes = new object[]
            {
                new { id = "0-aaaaaaaa", call = "0", service = "orders", instance = "orders~0a1b2c3d4e5f", name = "POST /orders", isRoot = true },
                new { id = "1-bbbbbbbb", call = "1", service = "accounts", instance = "accounts~111111111111", name = "POST /payments", isRoot = false },
                new { id = "2-cccccccc", call = "2", service = HostileName, instance = "stock~222222222222", name = "POST /reservations", isRoot = false },
            },
            inDoubt = Array.Empty<object>(),
            incidents = Array.Empty<object>(),
            audit = Array.Empty<object>(),
            raw = new { gid = RolledBack, note = Hostile },
            seen = "rolled-back",
            unreachable = Array.Empty<string>(),
        };
    }

    private static object Branch(
        string id, string call, string? parentCall, string service, string method, string database, string vote, string? decision, DateTimeOffset enlisted, DateTimeOffset? voted, DateTimeOffset? decided,
        DateTimeOffset? finished, string? failure) =>
        new { id, call, parentCall, service, instance = service + "~333333333333", method, database, vote, decision, enlisted, voted, decided, finished, failure };

    private static object InDoubtGroup() => new
    {
        gid = InDoubt,
        service = "accounts",
        instance = (string?)null,
        method = "",
        state = "in-doubt",
        began = Now.AddMinutes(-13),
        ended = (DateTimeOffset?)null,
        durationMs = 780_000.0,
        abort = (object?)null,
        decision = (string?)null,
        decisionDatabase = "ledger",
        branches = new object[] { new { id = "1-eeeeeeee-1", call = "1", parentCall = "0", service = "orders", instance = "orders~0a1b2c3d4e5f", method = "", database = "orders", vote = "prepared", decision = (string?)null, enlisted = (DateTimeOffset?)null, voted = (DateTimeOffset?)null, decided = (DateTimeOffset?)null, finished = (DateTimeOffset?)null, failure = (string?)null } },
        scopes = Array.Empty<object>(),
        inDoubt = new[] { new { branch = "1-eeeeeeee-1", database = "orders", ageMs = 754_000.0, preparedName = PreparedName(InDoubt), isWaitedFor = true } },
        incidents = new[] { Incident("open", allowsReplay: false) },
        audit = Audit(),
        raw = new { gid = InDoubt },
        seen = "seen-1",
        unreachable = new[] { "registry" },
    };

    private static string PreparedName(string gid) => $"fat:{gid}:1-eeeeeeee-1:accounts:ledger";

    private static object Doubt(string gid, string database, double ageMs) => new
    {
        gid,
        branch = "1-eeeeeeee-1",
        database,
        ageMs,
        rootService = "accounts",
        decisionDatabase = database == "orders" ? "ledger" : "-",
        preparedName = PreparedName(gid),
        isWaitedFor = database == "orders",
        seen = "seen-1",
    };

    private static Dictionary<string, object?> Incident(string state, bool allowsReplay) => new(StringComparer.Ordinal)
    {
        ["gid"] = Committed,
        ["branch"] = LostBranch,
        ["database"] = "tills",
        ["method"] = "ITill.AddAsync(decimal)",
        ["state"] = state,
        ["version"] = 3,
        ["attempts"] = 2,
        ["reason"] = Hostile,
        ["allowsReplay"] = allowsReplay,
        ["began"] = Now.AddHours(-2),
        ["changed"] = Now.AddMinutes(-20),
        ["instance"] = "tills~444444444444",
    };

    /// <summary>An incident whose call had these arguments.</summary>
    public static object IncidentDetails(string arguments)
    {
        var incident = Incident("open", allowsReplay: false);
        incident["arguments"] = arguments;
        incident["argumentsProblem"] = null;
        incident["events"] = new[] { new { kind = "opened", at = Now.AddHours(-2), reason = (string?)null }, new { kind = "failed", at = Now.AddMinutes(-20), reason = (string?)Hostile } };
        return incident;
    }

    private static object Message(bool withPayload)
    {
        object Delivery(string branchId, string target, string state, int attempts, string? reason) => withPayload
            ? new { branchId, target, state, attempts, reason, at = Now.AddMinutes(-7), next = state == "retrying" ? Now.AddMinutes(2) : (DateTimeOffset?)null, payload = "{\"order\":17,\"note\":\"<img src=x onerror='window.pwned=6'>\"}", payloadHidden = false }
            : new { branchId, target, state, attempts, reason, at = Now.AddMinutes(-7), next = (DateTimeOffset?)null };
        var branches = new[]
        {
            Delivery("01", "order-placed/shipping", "failed", 7, Hostile), Delivery("02", "order-placed/" + HostileName, "consumed", 1, null), Delivery("03", "http://mail.example/send?gid=17", "retrying", 3, "503 Service Unavailable"),
        };
        return new { gid = FailedMessage, service = "orders", state = "failed", prepared = Now.AddMinutes(-9), submitted = Now.AddMinutes(-9), ended = (DateTimeOffset?)null, reason = (string?)null, branches, seen = "message-seen-1", audit = Array.Empty<object>() };
    }

    private static object Instances()
    {
        object Status(int busy, long dropped) => new
        {
            started = Now.AddHours(-30),
            machine = "node-7",
            processId = 4711,
            fatVersion = "0.1.0",
            applicationVersion = "2.3.1",
            busyWorkers = busy,
            workers = 26,
            queuedWork = 3,
            openScopes = 9,
            waitingBranches = 4,
            registryLatencyMs = 0.42,
            historyDropped = dropped,
            databases = new object[]
            {
                new { name = "orders", product = "PostgreSQL", isDurable = (bool?)true, holdsDecisions = true }, new { name = "tills", product = "MariaDB", isDurable = (bool?)false, holdsDecisions = false },
                new { name = "archive", product = "PostgreSQL", isDurable = (bool?)null, holdsDecisions = false },
            },
        };
        return new
        {
            items = new object[]
            {
                new { id = "accounts~111111111111", service = "accounts", silenceMs = 1_200.0, alive = true, status = Status(3, 0) },
                new { id = "orders~0a1b2c3d4e5f", service = "orders", silenceMs = 400.0, alive = true, status = Status(26, 12) },
                new { id = "orders~555555555555", service = "orders", silenceMs = 31_000.0, alive = false, status = (object?)null },
            },
        };
    }

    private static object[] Audit() =>
    [
        new { subject = InDoubt, action = "rolledback", effect = "none", by = "ada@example.org", reason = Hostile, at = Now.AddMinutes(-30), instance = "orders~0a1b2c3d4e5f", database = "orders" },
        new { subject = FailedMessage, action = "retry", effect = "asked", by = "local", reason = "The mail server is back.", at = Now.AddDays(-3), instance = "orders~0a1b2c3d4e5f", database = "orders" },
        new { subject = Committed, action = "something-new", effect = "v3", by = "ada@example.org", reason = "later versions", at = Now.AddDays(-400), instance = "orders~0a1b2c3d4e5f", database = "orders" },
    ];

    private sealed record GroupLine(string Gid, string Service, string Method, string State, DateTimeOffset Began, DateTimeOffset? Ended, double DurationMs, int Branches, object? Abort);
}
