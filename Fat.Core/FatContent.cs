namespace Fat;

/// <summary>A text that may be confidential, on its way to people. Immutable.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Gid">The group, message or global transaction that it belongs to; empty where that is not known.</param>
/// <param name="Source">
/// Where it comes from: of a payload its target (an address, or a topic and a group of subscribers), of arguments and most reasons the method, service or target; empty where that is not known.
/// </param>
/// <param name="Text">The text: JSON as a rule, but for reasons.</param>
public sealed record FatContent(FatContentKind Kind, string Gid, string Source, string Text);

/// <summary>What a <see cref="FatContent"/> is.</summary>
public enum FatContentKind
{
    /// <summary>What a branch of a message or of a DTM client's transaction sends, or that transaction's custom data.</summary>
    Payload,

    /// <summary>The arguments of a lost held branch's method, a JSON object by their names.</summary>
    Arguments,

    /// <summary>Why something failed: the text of an exception, or of an answer. It may quote data.</summary>
    Reason,
}
