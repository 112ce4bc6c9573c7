using System.Reflection;

namespace Fat.Interception;

/// <summary>All that is to be known of one closed marked method.</summary>
internal sealed class MethodPlan
{
    public MethodPlan(MethodInfo method, Marks marks, string name)
    {
        Marks = marks;
        Name = name;
        Shape = MethodShape.Of(method);
        TokenPositions = [.. method.GetParameters().Where(parameter => parameter.ParameterType == typeof(CancellationToken)).Select(parameter => parameter.Position)];
    }

    public Marks Marks { get; }

    public string Name { get; }

    public MethodShape Shape { get; }

    /// <summary>Where the method takes cancellation tokens.</summary>
    public IReadOnlyList<int> TokenPositions { get; }
}
