using Microsoft.EntityFrameworkCore.ChangeTracking;

namespace Fat.Testing.Contexts;

/// <summary>A row that a branch saves.</summary>
/// <param name="Entity">An object of its type with its key, which no context tracks.</param>
/// <param name="Values">The row before, those values that no property of the object holds among them; of one that was not there, what is added.</param>
/// <param name="WasThere">Whether it was there before.</param>
internal sealed record SavedRow(object Entity, PropertyValues Values, bool WasThere)
{
    public static SavedRow Of(PropertyValues values, bool wasThere) => new(values.ToObject(), values, wasThere);
}
