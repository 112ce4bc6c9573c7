using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fat.Dtm;

/// <summary>How global transactions are written down.</summary>
internal static class DtmFormat
{
    /// <summary>A body keeps its quotes as they are: nothing of this is ever put into a page.</summary>
    public static DtmJson Compact { get; } = new(new JsonSerializerOptions(DtmJson.Default.Options) { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
}
