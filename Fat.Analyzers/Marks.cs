using Microsoft.CodeAnalysis;

namespace Fat.Analyzers;

/// <summary>What an attribute says.</summary>
internal static class Marks
{
    public static bool Flag(AttributeData mark, string name) => mark.NamedArguments.Any(argument => argument.Key == name && argument.Value.Value is true);

    public static string? Text(AttributeData mark, string name) =>
        mark.NamedArguments.Where(argument => argument.Key == name).Select(argument => argument.Value.Value as string).FirstOrDefault();

    /// <summary>Null when it is not given.</summary>
    public static int? Number(AttributeData mark, string name) =>
        mark.NamedArguments.Where(argument => argument.Key == name).Select(argument => argument.Value.Value as int?).FirstOrDefault();

    /// <summary>Where the attribute stands, or else what it marks.</summary>
    public static Location Location(AttributeData mark, IOperation marked, CancellationToken cancellationToken) =>
        mark.ApplicationSyntaxReference?.GetSyntax(cancellationToken).GetLocation() ?? marked.Syntax.GetLocation();
}
