using Microsoft.Playwright;

namespace Fat.Dashboard.Tests.Browsing;

/// <summary>What an operator does on the pages, by the marks that the pages carry; the same over the stub and over real services.</summary>
internal sealed class Operator(Visit visit)
{
    /// <summary>Finds the first group that rolled back in the list, and opens it.</summary>
    public async Task OpenRolledBackGroupAsync()
    {
        await visit.Find("nav-groups").ClickAsync();
        await visit.LoadedAsync();
        await visit.Find("state-rolled-back").ClickAsync();
        await visit.Find("group-link").First.ClickAsync();
        await visit.Find("gid").WaitForAsync();
        await visit.LoadedAsync();
    }

    /// <summary>Forces the decision of the first group that the page offers: <c>roll-back</c> or <c>commit</c>.</summary>
    public async Task ForceAsync(string decision, string reason)
    {
        await visit.Find("force-" + decision).First.ClickAsync();
        await ConfirmAsync(reason);
    }

    /// <summary>Opens a message of the list and presses one of its buttons: <c>retry</c>, <c>retry-all</c>, <c>redeliver</c> or <c>cancel-message</c>.</summary>
    public async Task ActOnMessageAsync(string gid, string button, string reason)
    {
        await visit.Find("message-link").And(visit.Page.GetByText(gid, new PageGetByTextOptions { Exact = true })).ClickAsync();
        await visit.Find(button).First.ClickAsync();
        await ConfirmAsync(reason);
    }

    private async Task ConfirmAsync(string reason)
    {
        await visit.Find("dialog").Locator("textarea").FillAsync(reason);
        await visit.Find("confirm").ClickAsync();
    }
}
