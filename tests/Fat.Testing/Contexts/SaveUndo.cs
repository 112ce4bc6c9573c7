using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Fat.Testing.Contexts;

/// <summary>Takes back what a branch has saved, over a context of its own: the method's is gone by then.</summary>
internal sealed class SaveUndo(IDbContextOptions options, IModel model, IReadOnlyList<SavedRow> rows)
{
    public void Run()
    {
        using var context = new UndoContext(options, model);
        foreach (var row in rows)
        {
            if (row.State == EntityState.Deleted)
            {
                context.Add(row.Before!);
                continue;
            }

            var saved = context.Find(row.Type, row.Key);
            if (saved is null)
                continue;
            if (row.State == EntityState.Added)
                context.Remove(saved);
            else
                context.Entry(saved).CurrentValues.SetValues(row.Before!);
        }

        context.SaveChanges();
    }
}
