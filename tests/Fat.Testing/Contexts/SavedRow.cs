using Microsoft.EntityFrameworkCore;

namespace Fat.Testing.Contexts;

/// <summary>A row that a branch saves.</summary>
/// <param name="Type">The entity's type.</param>
/// <param name="Key">Its key.</param>
/// <param name="State">What is done to it.</param>
/// <param name="Before">The row before; null for one that is added.</param>
internal sealed record SavedRow(Type Type, object?[] Key, EntityState State, object? Before);
