using Microsoft.CodeAnalysis.Diagnostics;

namespace Fat.Analyzers;

/// <summary>What all analyzers of Fat have in common: they leave generated code alone, and projects that do not use Fat.</summary>
public abstract class FatAnalyzer : DiagnosticAnalyzer
{
    private protected FatAnalyzer()
    {
    }

    /// <inheritdoc />
    public sealed override void Initialize(AnalysisContext context)
    {
        if (context is null)
            throw new ArgumentNullException(nameof(context));
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            if (FatSymbols.Of(start.Compilation) is { } symbols)
                Register(start, symbols);
        });
    }

    private protected abstract void Register(CompilationStartAnalysisContext context, FatSymbols symbols);
}
