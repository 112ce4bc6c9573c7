using System.IO.Compression;
using System.Xml.Linq;

namespace Fat.Packages.Tests;

/// <summary>A package: a zip file with a manifest.</summary>
internal sealed class PackageFile : IDisposable
{
    private readonly ZipArchive _zip;

    public PackageFile(string path)
    {
        _zip = ZipFile.OpenRead(path);
        Files = [.. _zip.Entries.Select(entry => entry.FullName).Where(name => !IsEnvelope(name)).Order(StringComparer.Ordinal)];
        var manifest = XDocument.Parse(Text(_zip.Entries.Single(entry => entry.FullName.EndsWith(".nuspec", StringComparison.Ordinal)).FullName));
        Metadata = manifest.Root!.Elements().Single(element => element.Name.LocalName == "metadata");
    }

    /// <summary>What the package brings, without what the format itself wants.</summary>
    public IReadOnlyList<string> Files { get; }

    public XElement Metadata { get; }

    /// <summary>What a package that is installed brings along: id, range of versions, and which kinds of files do not flow.</summary>
    public IReadOnlyList<(string Id, string Version, string? Excluded)> Dependencies =>
    [
        .. Metadata.Descendants().Where(element => element.Name.LocalName == "dependency").Select(element =>
            (element.Attribute("id")!.Value, element.Attribute("version")!.Value, element.Attribute("exclude")?.Value)),
    ];

    /// <summary>The value of a field of the manifest, or null.</summary>
    public string? this[string field] => Metadata.Elements().FirstOrDefault(element => element.Name.LocalName == field)?.Value;

    public XElement Element(string field) => Metadata.Elements().Single(element => element.Name.LocalName == field);

    public string Text(string file)
    {
        using var reader = new StreamReader(_zip.GetEntry(file)!.Open());
        return reader.ReadToEnd();
    }

    public byte[] Bytes(string file)
    {
        using var bytes = new MemoryStream();
        using var content = _zip.GetEntry(file)!.Open();
        content.CopyTo(bytes);
        return bytes.ToArray();
    }

    public void Dispose() => _zip.Dispose();

    private static bool IsEnvelope(string name) =>
        name is "[Content_Types].xml" || name.StartsWith("_rels/", StringComparison.Ordinal) || name.StartsWith("package/services/", StringComparison.Ordinal) || name.EndsWith(".nuspec", StringComparison.Ordinal);
}
