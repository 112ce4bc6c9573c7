using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Diagnostics;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Fat.Testing.Contexts;

/// <summary>
/// Reaches the rows of an application's context, by that one's options and model. Without its interceptors, which would change what is taken back, and without its DI scope, which may be over.
/// </summary>
internal sealed class UndoContext(IDbContextOptions options, IModel model) : DbContext(Options(options, model))
{
    private static DbContextOptions<UndoContext> Options(IDbContextOptions options, IModel model)
    {
        var same = options.Extensions.ToDictionary(extension => extension.GetType());
        same[typeof(CoreOptionsExtension)] = new Uninterrupted(options.FindExtension<CoreOptionsExtension>()!).WithModel(model).WithApplicationServiceProvider(null);
        return new DbContextOptions<UndoContext>(same);
    }

    /// <summary>Interceptors can only be added to options. What is made of these by a <c>With…</c> copies all the others, by which EF Core finds the same store, and none of them.</summary>
    private sealed class Uninterrupted(CoreOptionsExtension options) : CoreOptionsExtension(options)
    {
        public override IEnumerable<IInterceptor>? Interceptors => null;
    }
}
