using Fat.Dashboard.Tests.Browsing;
using Fat.Dashboard.Tests.Stub;

namespace Fat.Dashboard.Tests;

/// <summary>Arguments are shown as they were sent, over several lines: an operator does by hand what he sees.</summary>
public sealed class JsonTests(Chromium chromium)
{
    [Theory]
    [InlineData(
        """{"id":9007199254740993,"amount":1.10,"rate":0.1234567890123456789012345678,"most":1e400,"zero":-0.0}""",
        """
        {
          "id": 9007199254740993,
          "amount": 1.10,
          "rate": 0.1234567890123456789012345678,
          "most": 1e400,
          "zero": -0.0
        }
        """)]
    [InlineData(
        """{ "name" : "one, \"two\": [\\", "name":"\u4E2D\u0027\n","10":[ ],"2":[{ },[1,true,null]]}""",
        """
        {
          "name": "one, \"two\": [\\",
          "name": "中'\n",
          "10": [],
          "2": [
            {},
            [
              1,
              true,
              null
            ]
          ]
        }
        """)]
    [InlineData("""{"id":9007199254740993, and so on""", """{"id":9007199254740993, and so on""")]
    [InlineData("9007199254740993", "9007199254740993")]
    public async Task Nothing_of_it_is_changed(string arguments, string shown)
    {
        await using var stub = await StubDashboard.StartAsync();
        stub.Answer($"GET incidents/{Shop.Committed}/{Shop.LostBranch}", Shop.IncidentDetails(arguments));
        await using var visit = await Visit.OpenAsync(chromium, stub.Address, $"incidents/{Shop.Committed}/{Shop.LostBranch}");

        Assert.Equal(shown, await visit.Find("arguments").TextContentAsync());
        await visit.AssertCleanAsync();
    }
}
