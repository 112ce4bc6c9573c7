using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Metadata;
using System.Reflection.PortableExecutable;
using System.Runtime.Loader;
using Fat.Registry.Redis;

namespace Fat.Core.Tests.Registry;

/// <summary>
/// The library is compiled for StackExchange.Redis 1.2.6 and runs with whatever the application has: everything that it refers to
/// is there, with the same signature, in the newest 2.x and 3.x too.
/// </summary>
public sealed class ClientVersionTests
{
    private const string Client = "StackExchange.Redis";

    [Theory]
    [InlineData("2.13.23")]
    [InlineData("3.4.35")]
    public void Every_member_that_is_used_is_there(string version)
    {
        var used = Members(typeof(RedisGroupRegistry).Assembly.Location, Referred);
        var there = Members(PathOf(version), Defined);

        Assert.Contains(used, member => member.Contains("ScriptEvaluateAsync", StringComparison.Ordinal));
        Assert.Equal(string.Empty, string.Join('\n', used.Except(there, StringComparer.Ordinal)));
    }

    [Fact]
    public void Settings_for_TLS_are_members_too_and_the_user_is_text()
    {
        var used = Members(typeof(RedisGroupRegistry).Assembly.Location, Referred);

        Assert.Contains(used, member => member.Contains("ConfigurationOptions.set_Ssl`", StringComparison.Ordinal));
        Assert.Contains(used, member => member.Contains("ConfigurationOptions.set_SslHost`", StringComparison.Ordinal));
        Assert.Contains(used, member => member.Contains("ConfigurationOptions.Parse", StringComparison.Ordinal));
        Assert.DoesNotContain(used, member => member.Contains("ConfigurationOptions.set_User`", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("2.13.23")]
    [InlineData("3.4.35")]
    public void Later_versions_have_the_property_that_is_set_where_it_is_there(string version) =>
        Assert.Contains("StackExchange.Redis.ConfigurationOptions.set_AsyncTimeout`0(Int32): Void", Members(PathOf(version), Defined));

    [Fact]
    public void The_applications_asyncTimeout_does_not_end_a_pop_that_blocks()
    {
        var library = new OtherClient(PathOf("2.13.23")).LoadFromAssemblyName(typeof(RedisGroupRegistry).Assembly.GetName());
        var options = Activator.CreateInstance(library.GetType(typeof(FatRedisOptions).FullName!)!)!;
        Assert.True(BlockingTimeOut(shared: "localhost,asyncTimeout=500") >= RedisConfiguration.LongestBlock.TotalMilliseconds);

        options.GetType().GetProperty(nameof(FatRedisOptions.Configuration))!.SetValue(options, "localhost,asyncTimeout=500");
        Assert.True(BlockingTimeOut(shared: null) >= RedisConfiguration.LongestBlock.TotalMilliseconds);

        int BlockingTimeOut(string? shared)
        {
            var type = library.GetType(typeof(RedisConfiguration).FullName!)!;
            var configuration = type.GetMethod(nameof(RedisConfiguration.Of))!.Invoke(null, [options, shared])!;
            var settings = type.GetMethod(nameof(RedisConfiguration.ForBlocking))!.Invoke(configuration, [])!;
            return (int)settings.GetType().GetProperty("AsyncTimeout")!.GetValue(settings)!;
        }
    }

    [Theory]
    [InlineData("2.13.23")]
    [InlineData("3.4.35")]
    public void A_member_that_has_gone_is_noticed(string version)
    {
        // 1.2.6 declares Dispose on the interface itself, later versions inherit it: a call through the interface would not bind.
        var there = Members(PathOf(version), Defined);

        Assert.DoesNotContain("StackExchange.Redis.IConnectionMultiplexer.Dispose`0(): Void", there);
        Assert.Contains("StackExchange.Redis.IConnectionMultiplexer.Dispose`0(): Void", Members(typeof(StackExchange.Redis.IConnectionMultiplexer).Assembly.Location, Defined));
    }

    [Fact]
    public void It_is_compiled_against_the_floor() =>
        Assert.Equal(
            new Version(1, 2, 6, 0),
            typeof(RedisGroupRegistry).Assembly.GetReferencedAssemblies().Single(reference => reference.Name == Client).Version);

    private static string Packages => typeof(ClientVersionTests).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(metadata => metadata.Key == "PackageRoot").Value!;

    private static string PathOf(string version) => Path.Combine(Packages, "stackexchange.redis", version, "lib", "net10.0", $"{Client}.dll");

    private static HashSet<string> Members(string path, Func<MetadataReader, IEnumerable<string>> list)
    {
        using var file = new PEReader(File.OpenRead(path));
        return list(file.GetMetadataReader()).ToHashSet(StringComparer.Ordinal);
    }

    /// <summary>Types and members, also of types that are only named, as those of caught exceptions.</summary>
    private static IEnumerable<string> Referred(MetadataReader reader)
    {
        foreach (var type in reader.TypeReferences.Select(reader.GetTypeReference).Where(type => IsOfClient(reader, type)))
            yield return SignatureText.NameOf(reader, type);

        foreach (var handle in reader.MemberReferences)
        {
            var member = reader.GetMemberReference(handle);
            if (member.Parent.Kind != HandleKind.TypeReference)
                continue;
            var type = reader.GetTypeReference((TypeReferenceHandle)member.Parent);
            if (!IsOfClient(reader, type))
                continue;

            var name = $"{SignatureText.NameOf(reader, type)}.{reader.GetString(member.Name)}";
            yield return member.GetKind() == MemberReferenceKind.Method
                ? name + Text(member.DecodeMethodSignature(SignatureText.Instance, null))
                : $"{name} {member.DecodeFieldSignature(SignatureText.Instance, null)}";
        }
    }

    private static bool IsOfClient(MetadataReader reader, TypeReference type) =>
        type.ResolutionScope.Kind == HandleKind.AssemblyReference
        && reader.StringComparer.Equals(reader.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name, Client);

    private static IEnumerable<string> Defined(MetadataReader reader)
    {
        foreach (var handle in reader.TypeDefinitions)
        {
            var type = reader.GetTypeDefinition(handle);
            if ((type.Attributes & TypeAttributes.VisibilityMask) != TypeAttributes.Public)
                continue;
            var name = SignatureText.NameOf(reader, type);
            yield return name;
            foreach (var method in type.GetMethods().Select(reader.GetMethodDefinition))
            {
                if ((method.Attributes & MethodAttributes.MemberAccessMask) == MethodAttributes.Public)
                    yield return $"{name}.{reader.GetString(method.Name)}{Text(method.DecodeSignature(SignatureText.Instance, null))}";
            }

            foreach (var field in type.GetFields().Select(reader.GetFieldDefinition).Where(field => (field.Attributes & FieldAttributes.FieldAccessMask) == FieldAttributes.Public))
                yield return $"{name}.{reader.GetString(field.Name)} {field.DecodeSignature(SignatureText.Instance, null)}";
        }
    }

    private static string Text(MethodSignature<string> signature) =>
        $"{(signature.Header.IsInstance ? "" : " static")}`{signature.GenericParameterCount}({string.Join(", ", signature.ParameterTypes)}): {signature.ReturnType}";

    /// <summary>The library beside another version of the client.</summary>
    private sealed class OtherClient(string path) : AssemblyLoadContext
    {
        protected override Assembly? Load(AssemblyName assemblyName) => assemblyName.Name switch
        {
            Client => LoadFromAssemblyPath(path),
            var name when name == typeof(RedisGroupRegistry).Assembly.GetName().Name => LoadFromAssemblyPath(typeof(RedisGroupRegistry).Assembly.Location),
            _ => null,
        };
    }

    /// <summary>Types by their full names, whichever assembly has them.</summary>
    private sealed class SignatureText : ISignatureTypeProvider<string, object?>
    {
        public static readonly SignatureText Instance = new();

        public static string NameOf(MetadataReader reader, TypeReference type) => Name(reader.GetString(type.Namespace), reader.GetString(type.Name));

        public static string NameOf(MetadataReader reader, TypeDefinition type) => Name(reader.GetString(type.Namespace), reader.GetString(type.Name));

        public string GetArrayType(string elementType, ArrayShape shape) => $"{elementType}[{new string(',', shape.Rank - 1)}]";

        public string GetByReferenceType(string elementType) => $"{elementType}&";

        public string GetFunctionPointerType(MethodSignature<string> signature) => $"method {Text(signature)}";

        public string GetGenericInstantiation(string genericType, ImmutableArray<string> typeArguments) => $"{genericType}<{string.Join(", ", typeArguments)}>";

        public string GetGenericMethodParameter(object? genericContext, int index) => $"!!{index}";

        public string GetGenericTypeParameter(object? genericContext, int index) => $"!{index}";

        public string GetModifiedType(string modifier, string unmodifiedType, bool isRequired) =>
            isRequired ? $"{unmodifiedType} modreq({modifier})" : $"{unmodifiedType} modopt({modifier})";

        public string GetPinnedType(string elementType) => elementType;

        public string GetPointerType(string elementType) => $"{elementType}*";

        public string GetPrimitiveType(PrimitiveTypeCode typeCode) => typeCode.ToString();

        public string GetSZArrayType(string elementType) => $"{elementType}[]";

        public string GetTypeFromDefinition(MetadataReader reader, TypeDefinitionHandle handle, byte rawTypeKind) =>
            NameOf(reader, reader.GetTypeDefinition(handle));

        public string GetTypeFromReference(MetadataReader reader, TypeReferenceHandle handle, byte rawTypeKind) =>
            NameOf(reader, reader.GetTypeReference(handle));

        public string GetTypeFromSpecification(MetadataReader reader, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
            reader.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

        private static string Name(string space, string name) => space.Length == 0 ? name : $"{space}.{name}";
    }
}
