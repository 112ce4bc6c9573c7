using System.Reflection;
using Fat.Resources;

namespace Fat.Interception;

/// <summary>Describes calls so that they can be found again in another process, of this or another version of the service.</summary>
internal static class CallDescription
{
    public static JournalledCall Of(MarkedMethods methods, MethodPlan plan, MethodInfo method, IReadOnlyList<object?> arguments)
    {
        var (text, problem) = Text(method.GetParameters(), arguments, isToBeRead: plan.Marks.Transaction!.Replay);
        return new JournalledCall(Service(methods), Signature(method), plan.Name, plan.Marks.Transaction.Replay, text, problem);
    }

    public static string Service(MarkedMethods methods) => methods.Service.ToString();

    /// <summary>Names of types without their assemblies, so without versions.</summary>
    public static string Signature(MethodInfo method) => $"{method.Name}({string.Join(", ", method.GetParameters().Select(parameter => parameter.ParameterType))})";

    private static (string? Text, string? Problem) Text(IReadOnlyList<ParameterInfo> parameters, IReadOnlyList<object?> arguments, bool isToBeRead)
    {
        try
        {
            var text = ArgumentText.Write(parameters, arguments);
            var same = !isToBeRead || ArgumentText.Write(parameters, ArgumentText.Read(text, parameters, CancellationToken.None)) == text;
            return same ? (text, null) : (null, "They are not the same when they are read back from JSON: a type has values that it does not take again, or an interface stands for a class.");
        }
        catch (Exception exception)
        {
            // Nothing is lost but a later replay; a method that allows one fails before it votes.
            return (null, $"{exception.GetType().Name}: {exception.Message}");
        }
    }
}
