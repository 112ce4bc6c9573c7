using System.Data.Common;
using System.Globalization;

namespace Fat.Resources;

/// <summary>Positional parameters by the names <c>p1</c>, <c>p2</c>, ….</summary>
internal static class CommandParameters
{
    public static void AddParameters(this DbCommand command, IReadOnlyList<object?> values)
    {
        for (var number = 1; number <= values.Count; number++)
        {
            var parameter = command.CreateParameter();
            parameter.ParameterName = "p" + number.ToString(CultureInfo.InvariantCulture);
            parameter.Value = values[number - 1] ?? DBNull.Value;
            command.Parameters.Add(parameter);
        }
    }
}
