namespace Fat.Resources;

/// <summary>A connection that a DbContext works on for the time of one method.</summary>
internal interface IContextLoan
{
    /// <summary>Whether the context still works in the transaction: false when the method has committed it or rolled it back there, and perhaps begun another.</summary>
    bool Holds { get; }

    /// <summary>Takes the connection back, once. Does not fail.</summary>
    void TakeBack();
}
