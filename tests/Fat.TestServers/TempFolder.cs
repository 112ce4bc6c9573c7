namespace Fat.TestServers;

/// <summary>A folder in the system's temporary folder that is deleted with its owner.</summary>
/// <remarks>
/// An owner that is killed cannot delete its folder. It holds a lock file open as long as it lives; whoever creates the
/// next folder deletes those whose lock nobody holds any more.
/// </remarks>
internal sealed class TempFolder : IDisposable
{
    private const string Prefix = "fat-testing-";
    private const string LockName = "owner.lock";

    private static readonly TimeSpan Settled = TimeSpan.FromMinutes(1);

    private readonly FileStream _lock;

    private TempFolder(string path, FileStream ownerLock)
    {
        Path = path;
        _lock = ownerLock;
    }

    public string Path { get; }

    public static TempFolder Create(string purpose)
    {
        DeleteOrphans();
        var folder = Directory.CreateTempSubdirectory($"{Prefix}{purpose}-").FullName;
        return new TempFolder(folder, Lock(folder, FileMode.CreateNew));
    }

    /// <summary>The path of a folder inside this one, which is created when it does not exist.</summary>
    public string Subfolder(string name) => Directory.CreateDirectory(System.IO.Path.Combine(Path, name)).FullName;

    public void Dispose()
    {
        _lock.Dispose();
        TryDelete(Path);
    }

    private static void DeleteOrphans()
    {
        foreach (var folder in Directory.EnumerateDirectories(System.IO.Path.GetTempPath(), Prefix + "*"))
        {
            if (IsOrphan(folder))
                TryDelete(folder);
        }
    }

    private static bool IsOrphan(string folder)
    {
        try
        {
            // A lock file that is being created exists for a moment before it is locked: the young ones are left alone.
            var age = TimeProvider.System.GetUtcNow().UtcDateTime - File.GetCreationTimeUtc(System.IO.Path.Combine(folder, LockName));
            if (age < Settled)
                return false;
            using var _ = Lock(folder, FileMode.Open);
            return true;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // Its owner lives, or it belongs to another user, or somebody else is deleting it.
            return false;
        }
    }

    private static FileStream Lock(string folder, FileMode mode) =>
        new(System.IO.Path.Combine(folder, LockName), mode, FileAccess.ReadWrite, FileShare.None);

    private static void TryDelete(string folder)
    {
        try
        {
            Directory.Delete(folder, recursive: true);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            // What cannot be deleted now is an orphan for the next one to delete.
        }
    }
}
