using System.Reflection;
using Fat.Resources;

namespace Fat.Interception;

/// <summary>Describes calls so that they can be found again in another process, of this or another version of the service.</summary>
internal static class CallDescription
{
    /// <param name="methods">The service.</param>
    /// <param name="plan">What is known of the method.</param>
    /// <param name="method">The method.</param>
    /// <param name="arguments">What it is called with; they are left as they are.</param>
    /// <param name="limit">How many bytes they may have.</param>
    public static JournalledCall Of(MarkedMethods methods, MethodPlan plan, MethodInfo method, IReadOnlyList<object?> arguments, int limit)
    {
        var (text, problem) = Text(method.GetParameters(), arguments, isToBeRead: plan.Marks.Transaction!.Replay, limit);
        return new JournalledCall(Service(methods), Signature(method), plan.Name, plan.Marks.Transaction.Replay, text, problem);
    }

    public static string Service(MarkedMethods methods) => methods.Service.ToString();

    /// <summary>Names of types without their assemblies, so without versions.</summary>
    public static string Signature(MethodInfo method) => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType))})";

    private static (string? Text, string? Problem) Text(IReadOnlyList<ParameterInfo> parameters, IReadOnlyList<object?> arguments, bool isToBeRead, int limit)
    {
        try
        {
            if (!isToBeRead)
                return (ArgumentText.Write(parameters, arguments, ArgumentJson.Shown, limit), null);
            var text = ArgumentText.Write(parameters, arguments, ArgumentJson.Exact, limit);
            return ArgumentText.Write(parameters, ArgumentText.Read(text, parameters, CancellationToken.None), ArgumentJson.Exact, limit) == text
                ? (text, null)
                : (null, "They are not the same when they are read back from JSON: a type has values that it does not take again.");
        }
        catch (Exception exception)
        {
            // Nothing is lost but a later replay; a method that allows one fails before it votes.
            return (null, $"{exception.GetType().Name}: {exception.Message}");
        }
    }
}
