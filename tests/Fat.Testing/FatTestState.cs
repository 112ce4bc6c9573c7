namespace Fat.Testing;

/// <summary>What has become of a branch.</summary>
public enum FatTestState
{
    /// <summary>Its method runs, or it has not voted yet.</summary>
    Running,

    /// <summary>It has voted and waits for the decision.</summary>
    Prepared,

    /// <summary>It has committed.</summary>
    Committed,

    /// <summary>It has rolled back.</summary>
    RolledBack,

    /// <summary>It wrote nothing, and needed no decision.</summary>
    ReadOnly,

    /// <summary>A held branch that was lost after its vote; or one that rolled back, and of which Fat.Testing could not take back all that a <c>DbContext</c> had saved.</summary>
    Lost,
}
