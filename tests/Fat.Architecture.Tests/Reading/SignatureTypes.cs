using System.Collections.Immutable;
using System.Reflection.Metadata;

namespace Fat.Architecture.Tests.Reading;

/// <summary>The types that a signature names.</summary>
internal sealed class SignatureTypes(TouchReader reader) : ISignatureTypeProvider<IEnumerable<TypeName>, object?>
{
    public IEnumerable<TypeName> GetTypeFromDefinition(MetadataReader metadata, TypeDefinitionHandle handle, byte rawTypeKind) => [reader.Name(handle)];

    public IEnumerable<TypeName> GetTypeFromReference(MetadataReader metadata, TypeReferenceHandle handle, byte rawTypeKind) => [reader.Name(handle)];

    public IEnumerable<TypeName> GetTypeFromSpecification(
        MetadataReader metadata, object? genericContext, TypeSpecificationHandle handle, byte rawTypeKind) =>
        metadata.GetTypeSpecification(handle).DecodeSignature(this, genericContext);

    public IEnumerable<TypeName> GetGenericInstantiation(IEnumerable<TypeName> genericType, ImmutableArray<IEnumerable<TypeName>> typeArguments) =>
        genericType.Concat(typeArguments.SelectMany(argument => argument));

    public IEnumerable<TypeName> GetFunctionPointerType(MethodSignature<IEnumerable<TypeName>> signature) =>
        signature.ReturnType.Concat(signature.ParameterTypes.SelectMany(type => type));

    public IEnumerable<TypeName> GetModifiedType(IEnumerable<TypeName> modifier, IEnumerable<TypeName> unmodifiedType, bool isRequired) =>
        modifier.Concat(unmodifiedType);

    public IEnumerable<TypeName> GetPrimitiveType(PrimitiveTypeCode typeCode) => [];

    public IEnumerable<TypeName> GetGenericMethodParameter(object? genericContext, int index) => [];

    public IEnumerable<TypeName> GetGenericTypeParameter(object? genericContext, int index) => [];

    public IEnumerable<TypeName> GetArrayType(IEnumerable<TypeName> elementType, ArrayShape shape) => elementType;

    public IEnumerable<TypeName> GetByReferenceType(IEnumerable<TypeName> elementType) => elementType;

    public IEnumerable<TypeName> GetPinnedType(IEnumerable<TypeName> elementType) => elementType;

    public IEnumerable<TypeName> GetPointerType(IEnumerable<TypeName> elementType) => elementType;

    public IEnumerable<TypeName> GetSZArrayType(IEnumerable<TypeName> elementType) => elementType;
}
