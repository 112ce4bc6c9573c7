using System.Runtime.ExceptionServices;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Fat.Testing.Contexts;

/// <summary>Takes back what a branch has saved, over contexts of its own: the method's is gone by then. It may run before the save is done, of which a part may have failed, and again.</summary>
internal sealed class SaveUndo(IDbContextOptions options, IModel model, IReadOnlyList<SavedRow> rows)
{
    public void Run()
    {
        ExceptionDispatchInfo? failure = null;
        foreach (var row in rows)
        {
            try
            {
                TakeBack(row);
            }
            catch (Exception exception)
            {
                // This row stays as it was saved. The others are taken back first.
                failure ??= ExceptionDispatchInfo.Capture(exception);
            }
        }

        failure?.Throw();
    }

    /// <summary>Each row in a context of its own: rows that are tracked together change each other's foreign keys, and delete each other.</summary>
    private void TakeBack(SavedRow row)
    {
        using var context = new UndoContext(options, model);
        var entry = context.Entry(row.Entity);
        entry.CurrentValues.SetValues(row.Values);

        // Read past the query filters.
        var stored = entry.GetDatabaseValues();
        if (stored is null && row.WasThere)
        {
            entry.State = EntityState.Added;

            // Again, in place of what was generated.
            entry.CurrentValues.SetValues(row.Values);
        }
        else if (stored is not null)
        {
            // What differs from the row that is there is what is to be written; concurrency tokens are its own.
            entry.State = EntityState.Unchanged;
            entry.OriginalValues.SetValues(stored);
            if (!row.WasThere)
                entry.State = EntityState.Deleted;
        }

        context.SaveChanges();
    }
}
