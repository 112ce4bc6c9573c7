using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Fat.Registry.Redis;

/// <summary>Whom to trust, and who this process is, on a connection with TLS. Files are read once, when the connections are set up.</summary>
internal sealed class RedisTls
{
    /// <summary>The purpose that a server's certificate has to have.</summary>
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1";

    private readonly X509Certificate2Collection? _authorities;
    private readonly X509Certificate2? _own;

    private RedisTls(X509Certificate2Collection? authorities, X509Certificate2? own)
    {
        _authorities = authorities;
        _own = own;
    }

    /// <summary>Null leaves it to the client library, which asks the machine's trusted authorities.</summary>
    public RemoteCertificateValidationCallback? Validation => _authorities is null ? null : (_, certificate, chain, errors) => IsTrusted(certificate, chain, errors);

    /// <summary>Null when this process shows no certificate.</summary>
    public LocalCertificateSelectionCallback? Selection => _own is null ? null : (_, _, _, _, _) => _own;

    /// <exception cref="FatConfigurationException">A file cannot be read.</exception>
    public static RedisTls Of(FatRedisOptions options)
    {
        if (options.TlsKey is not null && options.TlsCertificate is null)
            throw new FatConfigurationException("Fat:Redis:TlsKey is the key of Fat:Redis:TlsCertificate, which is not set.");
        return new RedisTls(
            options.TlsAuthority is { } authorities ? Read("TlsAuthority", authorities, static path =>
            {
                var read = new X509Certificate2Collection();
                read.ImportFromPemFile(path);
                return read.Count > 0 ? read : throw new CryptographicException("There is no certificate in it.");
            }) : null,
            options.TlsCertificate is { } own ? Read("TlsCertificate", own, path => WithKey(path, options.TlsKey)) : null);
    }

    /// <summary>The name must be right, whoever has signed: only who may sign is different from what the platform does.</summary>
    private bool IsTrusted(X509Certificate? certificate, X509Chain? given, SslPolicyErrors errors)
    {
        if (certificate is null || (errors & ~SslPolicyErrors.RemoteCertificateChainErrors) != SslPolicyErrors.None)
            return false;
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_authorities!);
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));

        // An authority of one's own has, as a rule, no list of revoked certificates that could be asked.
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        foreach (var element in given?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        using var server = X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
        return chain.Build(server);
    }

    /// <summary>Windows takes no key that is nowhere but in memory, so it is imported again.</summary>
    private static X509Certificate2 WithKey(string certificate, string? key)
    {
        using var read = X509Certificate2.CreateFromPemFile(certificate, key);
        return X509CertificateLoader.LoadPkcs12(read.Export(X509ContentType.Pkcs12), password: null);
    }

    private static T Read<T>(string option, string path, Func<string, T> read)
    {
        try
        {
            return read(path);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException or CryptographicException or ArgumentException)
        {
            // Nothing was connected yet.
            throw new FatConfigurationException($"Fat:Redis:{option} '{path}' cannot be read as PEM: {failure.Message}", failure);
        }
    }
}
