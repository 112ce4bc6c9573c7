namespace Fat.Resources;

/// <summary>A connection that a DbContext works on for the time of one method.</summary>
internal interface IContextLoan
{
    /// <summary>Takes the connection back, once. Does not fail.</summary>
    void TakeBack();
}
