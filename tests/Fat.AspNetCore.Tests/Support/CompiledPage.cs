using Microsoft.AspNetCore.Mvc.ApplicationParts;
using Microsoft.AspNetCore.Razor.Hosting;

namespace Fat.AspNetCore.Tests.Support;

/// <summary>A Razor page as the compiler of views leaves it, without that compiler.</summary>
internal sealed class CompiledPage(string path, Type type) : ApplicationPart, IRazorCompiledItemProvider
{
    public override string Name => path;

    public IEnumerable<RazorCompiledItem> CompiledItems => [new Item(path, type)];

    private sealed class Item(string path, Type type) : RazorCompiledItem
    {
        public override string Identifier => path;

        public override string Kind => "mvc.1.0.razor-page";

        public override IReadOnlyList<object> Metadata => [];

        public override Type Type => type;
    }
}
