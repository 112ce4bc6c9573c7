using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Fat.Testing.Contexts;

/// <summary>Reaches the rows of an application's context, by that one's options and model.</summary>
internal sealed class UndoContext(IDbContextOptions options, IModel model) : DbContext(Options(options, model))
{
    private static DbContextOptions<UndoContext> Options(IDbContextOptions options, IModel model)
    {
        var same = new DbContextOptions<UndoContext>(options.Extensions.ToDictionary(extension => extension.GetType()));
        return new DbContextOptionsBuilder<UndoContext>(same).UseModel(model).Options;
    }
}
