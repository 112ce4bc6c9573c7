using System.Globalization;
using System.Text;

namespace Fat.Testing.Records;

/// <summary>A group in words.</summary>
internal static class GroupStory
{
    public static string Of(FatTestGroup group)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"Group {group.Gid}, begun by {group.Service} in {group.Method}, {Word(group)}");
        text.AppendLine(group.Reason is null ? "." : $": {group.Reason} ({group.FailedService}, {group.FailedMethod})");
        text.AppendLine(Told(group));
        text.AppendLine(group.Branches.Count == 0 ? "  It has no branches." : "  Branches:");
        foreach (var branch in group.Branches)
        {
            text.Append(CultureInfo.InvariantCulture, $"    {branch.Service}: {branch.Method} on '{branch.Database}' is {Word(branch.State)}");
            text.AppendLine(branch.Failure is null ? string.Empty : $": {branch.Failure}");
        }

        text.AppendLine("  Events:");
        var width = group.Events.Select(happened => happened.Service.Length).DefaultIfEmpty().Max();
        foreach (var happened in group.Events)
            text.AppendLine(CultureInfo.InvariantCulture, $"    {happened.At.TotalMilliseconds,9:0.0} ms  {happened.Service.PadRight(width)}  {happened.Text}");
        return text.ToString();
    }

    /// <summary>To be read behind "it".</summary>
    public static string Word(FatTestGroup group) => group.Decision switch
    {
        FatDecision.Committed => group.IsOver ? "has committed" : "is decided to commit, and not over",
        FatDecision.RolledBack => group.IsOver ? "has rolled back" : "is decided to roll back, and not over",
        _ => "is not decided",
    };

    public static string Word(FatTestState state) => state switch
    {
        FatTestState.Running => "running",
        FatTestState.Prepared => "prepared, and waits for the decision",
        FatTestState.Committed => "committed",
        FatTestState.RolledBack => "rolled back",
        FatTestState.ReadOnly => "over, having written nothing",
        _ => "lost",
    };

    private static string Told(FatTestGroup group) => group.Outcome switch
    {
        null => "  Its root has told its caller nothing.",
        FatOutcome.Committed => "  Its caller was told: committed.",
        FatOutcome.RolledBack => "  Its caller was told: rolled back.",
        _ => "  Its caller was told: in doubt.",
    };
}
