using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Fat.Architecture.Tests.Reading;

/// <summary>Reads every reference that the types of a compiled assembly make, those in method bodies included.</summary>
internal sealed class TouchReader
{
    private readonly PEReader _file;
    private readonly MetadataReader _metadata;
    private readonly SignatureTypes _signatures;
    private readonly string _assembly;
    private readonly HashSet<Touch> _touches = [];

    private TouchReader(PEReader file)
    {
        _file = file;
        _metadata = file.GetMetadataReader();
        _assembly = _metadata.GetString(_metadata.GetAssemblyDefinition().Name);
        _signatures = new SignatureTypes(this);
    }

    public static IReadOnlyCollection<Touch> Read(System.Reflection.Assembly assembly)
    {
        using var file = new PEReader(File.OpenRead(assembly.Location));
        return new TouchReader(file).ReadAll();
    }

    public TypeName Name(TypeDefinitionHandle handle)
    {
        var type = _metadata.GetTypeDefinition(handle);
        while (!type.GetDeclaringType().IsNil)
            type = _metadata.GetTypeDefinition(type.GetDeclaringType());
        return new TypeName(_assembly, _metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    public TypeName Name(TypeReferenceHandle handle)
    {
        var type = _metadata.GetTypeReference(handle);
        while (type.ResolutionScope.Kind == HandleKind.TypeReference)
            type = _metadata.GetTypeReference((TypeReferenceHandle)type.ResolutionScope);
        var assembly = type.ResolutionScope.Kind == HandleKind.AssemblyReference
            ? _metadata.GetString(_metadata.GetAssemblyReference((AssemblyReferenceHandle)type.ResolutionScope).Name)
            : _assembly;
        return new TypeName(assembly, _metadata.GetString(type.Namespace), _metadata.GetString(type.Name));
    }

    private HashSet<Touch> ReadAll()
    {
        foreach (var handle in _metadata.TypeDefinitions)
        {
            var type = _metadata.GetTypeDefinition(handle);
            var from = new Place(this, Name(handle), null);
            from.Add(type.BaseType);
            foreach (var implemented in type.GetInterfaceImplementations())
                from.Add(_metadata.GetInterfaceImplementation(implemented).Interface);
            AddAttributes(from, type.GetCustomAttributes());
            AddGenerics(from, type.GetGenericParameters());
            foreach (var field in type.GetFields())
                ReadField(from, _metadata.GetFieldDefinition(field));
            foreach (var property in type.GetProperties())
                AddAttributes(from, _metadata.GetPropertyDefinition(property).GetCustomAttributes());
            foreach (var method in type.GetMethods())
                ReadMethod(from, _metadata.GetMethodDefinition(method));
        }

        return _touches;
    }

    private void ReadField(Place type, FieldDefinition field)
    {
        var from = type with { Member = _metadata.GetString(field.Name) };
        from.Add(field.DecodeSignature(_signatures, null));
        AddAttributes(from, field.GetCustomAttributes());
    }

    private void ReadMethod(Place type, MethodDefinition method)
    {
        var from = type with { Member = _metadata.GetString(method.Name) };
        from.Add(method.DecodeSignature(_signatures, null));
        AddAttributes(from, method.GetCustomAttributes());
        AddGenerics(from, method.GetGenericParameters());
        if (method.RelativeVirtualAddress == 0)
            return;
        var body = _file.GetMethodBody(method.RelativeVirtualAddress);
        if (!body.LocalSignature.IsNil)
        {
            foreach (var local in _metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(_signatures, null))
                from.Add(local);
        }

        foreach (var region in body.ExceptionRegions)
            from.Add(region.CatchType);
        foreach (var token in Instructions.Tokens(body.GetILReader()))
            from.Add(MetadataTokens.EntityHandle(token));
    }

    private void AddAttributes(Place from, CustomAttributeHandleCollection attributes)
    {
        foreach (var attribute in attributes)
            from.Add(_metadata.GetCustomAttribute(attribute).Constructor);
    }

    private void AddGenerics(Place from, GenericParameterHandleCollection parameters)
    {
        foreach (var parameter in parameters)
        {
            foreach (var constraint in _metadata.GetGenericParameter(parameter).GetConstraints())
                from.Add(_metadata.GetGenericParameterConstraint(constraint).Type);
        }
    }

    private sealed record Place(TouchReader Reader, TypeName Type, string? Member)
    {
        private MetadataReader Metadata => Reader._metadata;

        public void Add(IEnumerable<TypeName> types)
        {
            foreach (var type in types)
                Add(type, null);
        }

        public void Add(MethodSignature<IEnumerable<TypeName>> signature)
        {
            Add(signature.ReturnType);
            foreach (var parameter in signature.ParameterTypes)
                Add(parameter);
        }

        public void Add(EntityHandle handle, string? member = null)
        {
            if (handle.IsNil)
                return;
            switch (handle.Kind)
            {
                case HandleKind.TypeDefinition:
                    Add(Reader.Name((TypeDefinitionHandle)handle), member);
                    break;
                case HandleKind.TypeReference:
                    Add(Reader.Name((TypeReferenceHandle)handle), member);
                    break;
                case HandleKind.TypeSpecification:
                    foreach (var type in Metadata.GetTypeSpecification((TypeSpecificationHandle)handle).DecodeSignature(Reader._signatures, null))
                        Add(type, member);
                    break;
                case HandleKind.MethodDefinition:
                    var method = Metadata.GetMethodDefinition((MethodDefinitionHandle)handle);
                    Add(method.GetDeclaringType(), Metadata.GetString(method.Name));
                    break;
                case HandleKind.FieldDefinition:
                    var field = Metadata.GetFieldDefinition((FieldDefinitionHandle)handle);
                    Add(field.GetDeclaringType(), Metadata.GetString(field.Name));
                    break;
                case HandleKind.MemberReference:
                    AddMember(Metadata.GetMemberReference((MemberReferenceHandle)handle));
                    break;
                case HandleKind.MethodSpecification:
                    var generic = Metadata.GetMethodSpecification((MethodSpecificationHandle)handle);
                    Add(generic.Method);
                    foreach (var argument in generic.DecodeSignature(Reader._signatures, null))
                        Add(argument);
                    break;
            }
        }

        private void AddMember(MemberReference reference)
        {
            Add(reference.Parent, Metadata.GetString(reference.Name));
            if (reference.GetKind() == MemberReferenceKind.Method)
                Add(reference.DecodeMethodSignature(Reader._signatures, null));
            else
                Add(reference.DecodeFieldSignature(Reader._signatures, null));
        }

        private void Add(TypeName type, string? member)
        {
            if (type != Type)
                Reader._touches.Add(new Touch(Type, Member, type, member));
        }
    }
}
