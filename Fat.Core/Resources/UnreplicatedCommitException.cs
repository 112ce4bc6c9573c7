using System.Data.Common;

namespace Fat.Resources;

/// <summary>The server has committed or prepared on its own disk and given up waiting for its standbys: a failover may take that back, so the outcome is in doubt.</summary>
internal sealed class UnreplicatedCommitException(string message, Exception? inner = null) : DbException(message, inner);
