using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;
using Microsoft.Playwright;

namespace Fat.Dashboard.Tests;

/// <summary>What the pages send when an operator acts, and what they say when he is refused.</summary>
public sealed class ActionTests(Chromium chromium)
{
    [Fact]
    public async Task A_roll_back_is_forced_with_a_reason_and_what_was_seen()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Answer($"POST groups/{Shop.InDoubt}/force", new { decision = "rolled-back", hadEffect = true, finished = 1, published = true });
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "in-doubt");
        var before = stub.Asked.Count(asked => asked.StartsWith("GET in-doubt", StringComparison.Ordinal));

        await new Operator(visit).ForceAsync("roll-back", "The host of accounts is gone.");

        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("Decided: rolled back");
        await Assertions.Expect(visit.Find("notice-done")).ToBeFocusedAsync();
        var post = Assert.Single(stub.Posts);
        Assert.Equal("token-of-the-stub", post.Token);
        Assert.Equal("rolled-back", post.Body.GetProperty("decision").GetString());
        Assert.Equal("The host of accounts is gone.", post.Body.GetProperty("reason").GetString());
        Assert.Equal("seen-1", post.Body.GetProperty("seen").GetString());
        Assert.False(post.Body.GetProperty("rootWroteNothing").GetBoolean());
        Assert.False(post.Body.GetProperty("decisionDatabaseIsGone").GetBoolean());
        Assert.Equal(before + 1, stub.Asked.Count(asked => asked.StartsWith("GET in-doubt", StringComparison.Ordinal)));
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task A_commit_says_what_the_operator_answers_for()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Answer($"POST groups/{Shop.InDoubt}/force", new { decision = "rolled-back", hadEffect = false, finished = 0, published = false });
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "groups/" + Shop.InDoubt);

        await visit.Find("force-commit").ClickAsync();
        await Assertions.Expect(visit.Find("dialog")).ToContainTextAsync("although their root has not said so");
        await visit.Page.GetByLabel("The root itself wrote nothing").CheckAsync();
        await visit.Page.GetByLabel("Reason").FillAsync("The order was shipped.");
        await PageCheck.AssertSoundAsync(visit);
        await visit.PhotographAsync("desktop-dialog");
        await visit.Find("confirm").ClickAsync();

        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("There was a decision already: rolled back");
        Assert.True(Assert.Single(stub.Posts).Body.GetProperty("rootWroteNothing").GetBoolean());
        await visit.AssertCleanAsync();
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    public async Task Nothing_is_done_without_a_reason(string reason)
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "in-doubt");

        await new Operator(visit).ForceAsync("roll-back", reason);

        await Assertions.Expect(visit.Find("dialog")).ToBeVisibleAsync();
        Assert.True(await visit.Page.GetByLabel("Reason").EvaluateAsync<bool>("field => field.matches(':invalid')"));
        Assert.Empty(stub.Posts);
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task A_stale_page_is_refused_loaded_again_and_keeps_the_reason()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Refuse($"POST groups/{Shop.InDoubt}/force", 409, "Stale", "The group has been committed since you looked.");
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "in-doubt");
        visit.Expect("status of 409");

        await new Operator(visit).ForceAsync("roll-back", "The host of accounts is gone.");

        await Assertions.Expect(visit.Find("notice-stale")).ToContainTextAsync("The group has been committed since you looked.");
        await Assertions.Expect(visit.Find("notice-stale")).ToContainTextAsync("loaded again");
        await Assertions.Expect(visit.Find("dialog")).ToHaveCountAsync(0);
        Assert.Equal(2, stub.Asked.Count(asked => asked.StartsWith("GET in-doubt", StringComparison.Ordinal)));
        await PageCheck.AssertSoundAsync(visit);
        await visit.PhotographAsync("desktop-stale");

        await visit.Find("force-roll-back").First.ClickAsync();
        await Assertions.Expect(visit.Page.GetByLabel("Reason")).ToHaveValueAsync("The host of accounts is gone.");
    }

    [Fact]
    public async Task Who_may_not_act_reads_what_is_missing()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Refuse($"POST groups/{Shop.InDoubt}/force", 403, "Forbidden", "The policy fat-operators is not met.");
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "in-doubt");
        visit.Expect("status of 403");

        await new Operator(visit).ForceAsync("roll-back", "The host of accounts is gone.");

        await Assertions.Expect(visit.Find("dialog")).ToContainTextAsync("Not allowed");
        await Assertions.Expect(visit.Find("dialog")).ToContainTextAsync("The policy fat-operators is not met.");
        await Assertions.Expect(visit.Find("confirm")).ToBeEnabledAsync();
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task An_incident_is_replayed_with_its_version()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Answer($"POST incidents/{Shop.Committed}/{Shop.LostBranch}/replay", new { state = "replayed", reason = (string?)null });
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "incidents");

        await visit.Find("replay").First.ClickAsync();
        await visit.Page.GetByLabel("Reason").FillAsync("The till is back.");
        await visit.Find("confirm").ClickAsync();
        await Assertions.Expect(visit.Find("dialog")).ToBeVisibleAsync();
        Assert.Empty(stub.Posts);

        await visit.Page.GetByLabel("I know that this method can run again.").CheckAsync();
        await visit.Find("confirm").ClickAsync();

        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("run again and has committed");
        var body = Assert.Single(stub.Posts).Body;
        Assert.Equal(3, body.GetProperty("version").GetInt32());
        Assert.True(body.GetProperty("evenIfNotAllowed").GetBoolean());
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task An_incident_is_closed_with_a_note()
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Answer($"POST incidents/{Shop.Committed}/{Shop.LostBranch}/close", new { state = "closed", reason = "Booked by hand." });
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, $"incidents/{Shop.Committed}/{Shop.LostBranch}");

        await visit.Find("close").ClickAsync();
        await visit.Page.GetByLabel("Note").FillAsync("Booked by hand.");
        await visit.Find("confirm").ClickAsync();

        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync("The incident is closed.");
        Assert.Equal("Booked by hand.", Assert.Single(stub.Posts).Body.GetProperty("note").GetString());
        await visit.AssertCleanAsync();
    }

    [Theory]
    [InlineData("retry", "retry", "01", "Made due now: 1")]
    [InlineData("retry-all", "retry", null, "Made due now: 1")]
    [InlineData("redeliver", "redeliver", "01", "It is delivered again.")]
    [InlineData("cancel-message", "cancel", null, "Taken back: 1")]
    public async Task A_message_is_acted_on(string button, string resource, string? branch, string says)
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Answer($"POST messages/{Shop.FailedMessage}/{resource}", new { changed = 1 });
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "messages");

        await new Operator(visit).ActOnMessageAsync(Shop.FailedMessage, button, "The mail server is back.");

        await Assertions.Expect(visit.Find("notice-done")).ToContainTextAsync(says);
        var post = Assert.Single(stub.Posts);
        Assert.Equal("message-seen-1", post.Body.GetProperty("seen").GetString());
        Assert.Equal("The mail server is back.", post.Body.GetProperty("reason").GetString());
        if (post.Body.TryGetProperty("branch", out var sent))
            Assert.Equal(branch, sent.GetString());
        await visit.AssertCleanAsync();
    }

    [Fact]
    public async Task Calls_cannot_be_delivered_again_and_what_is_consumed_is_not_retried()
    {
        await using var stub = await StubDashboard.StartAsync();
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, "messages/" + Shop.FailedMessage);
        var deliveries = visit.Find("delivery");

        await Assertions.Expect(deliveries.Nth(1).Locator("[data-test='retry']")).ToHaveCountAsync(0);
        await Assertions.Expect(deliveries.Nth(1).Locator("[data-test='redeliver']")).ToHaveCountAsync(1);
        await Assertions.Expect(deliveries.Nth(2).Locator("[data-test='retry']")).ToHaveCountAsync(1);
        await Assertions.Expect(deliveries.Nth(2).Locator("[data-test='redeliver']")).ToHaveCountAsync(0);
    }

    [Fact]
    public async Task A_read_only_dashboard_shows_no_action()
    {
        await using var stub = await StubDashboard.StartAsync(readOnly: true);
        await using var visit = await Visit.OpenAsync(chromium, stub.Address);
        await Assertions.Expect(visit.Find("read-only")).ToBeVisibleAsync();

        foreach (var route in new[] { "in-doubt", "groups/" + Shop.InDoubt, "incidents", $"incidents/{Shop.Committed}/{Shop.LostBranch}", "messages", "messages/" + Shop.FailedMessage })
        {
            await visit.GoAsync(route);
            var buttons = await visit.Page.Locator("main button").EvaluateAllAsync<string[]>("all => all.map(one => one.id)");
            Assert.All(buttons, id => Assert.Contains(id, new[] { "refresh", "apply" }, StringComparer.Ordinal));
        }

        await visit.AssertCleanAsync();
    }
}
