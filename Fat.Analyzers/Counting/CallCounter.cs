using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace Fat.Analyzers.Counting;

/// <summary>
/// Counts the calls of a body along each of its ways, as far as the code tells: from at least to at most. A way that throws does not count, since its group rolls back anyway.
/// </summary>
internal sealed class CallCounter(CallSorter sorter, CancellationToken cancellationToken)
{
    private const int DeepestLocalFunction = 4;

    private readonly Dictionary<IMethodSymbol, ILocalFunctionOperation> _localFunctions = new(SymbolEqualityComparer.Default);
    private List<Calls> _ends = [];
    private bool _isLost;
    private int _depth;

    /// <summary>The counts at each end of the body; null when the code leaves the group, or jumps, so that nothing can be said.</summary>
    public IReadOnlyList<Calls>? Count(IOperation body, Calls before)
    {
        foreach (var local in body.Descendants().OfType<ILocalFunctionOperation>())
            _localFunctions[local.Symbol] = local;
        if (Walk(body, before) is { } end)
            _ends.Add(end);
        return _isLost ? null : _ends;
    }

    /// <summary>The counts behind an operation; null when control does not come out of it.</summary>
    private Calls? Walk(IOperation? operation, Calls before)
    {
        cancellationToken.ThrowIfCancellationRequested();
        switch (operation)
        {
            case null or ILocalFunctionOperation:
                return before;
            case IConditionalOperation choice:
                return Then(Walk(choice.Condition, before), asked => Calls.Either(Walk(choice.WhenTrue, asked), Walk(choice.WhenFalse, asked)));
            case ICoalesceOperation choice:
                return Perhaps(choice.Value, choice.WhenNull, before);
            case ICoalesceAssignmentOperation choice:
                return Perhaps(choice.Target, choice.Value, before);
            case IConditionalAccessOperation access:
                return Perhaps(access.Operation, access.WhenNotNull, before);
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.ConditionalAnd or BinaryOperatorKind.ConditionalOr } both:
                return Perhaps(both.LeftOperand, both.RightOperand, before);
            case IForEachLoopOperation loop:
                return Then(Walk(loop.Collection, before), begun => Loop(begun, loop.Body));
            case ILoopOperation loop:
                return Loop(before, loop.ChildOperations.ToArray());
            case ISwitchOperation choice:
                return Then(Walk(choice.Value, before), asked => Switch(choice, asked));
            case ISwitchExpressionOperation choice:
                return Then(Walk(choice.Value, before), asked => choice.Arms.Aggregate((Calls?)null, (joined, arm) => Calls.Either(joined, Walk(arm.Value, asked))));
            case ITryOperation attempt:
                return Try(attempt, before);
            case IReturnOperation { Kind: OperationKind.Return } ending:
                if (Walk(ending.ReturnedValue, before) is { } end)
                    _ends.Add(end);
                return null;
            case IThrowOperation:
                return null;
            case IBranchOperation { BranchKind: BranchKind.GoTo } or IReturnOperation or IInvalidOperation:
                _isLost = true;
                return before;
            case IAnonymousFunctionOperation lambda:
                return before.Plus(Aside(out _, lambda.Body).Repeated());
            case IMethodReferenceOperation or IDynamicInvocationOperation:
                return Then(Children(operation, before), given => given.Plus(Calls.Unknown));
            case IInvocationOperation call:
                return Then(Children(call, before), given => given.Plus(Of(call)));
            default:
                return Children(operation, before);
        }
    }

    private Calls? Children(IOperation operation, Calls before)
    {
        Calls? reached = before;
        foreach (var child in operation.ChildOperations)
            reached = Then(reached, soFar => Walk(child, soFar));
        return reached;
    }

    private Calls Of(IInvocationOperation call)
    {
        if (call.TargetMethod.MethodKind == MethodKind.LocalFunction)
        {
            if (!_localFunctions.TryGetValue(call.TargetMethod.OriginalDefinition, out var local) || local.Body is not { } body || _depth == DeepestLocalFunction)
                return Calls.Unknown;
            _depth++;
            var counted = Aside(out _, body);
            _depth--;
            return counted;
        }

        if (sorter.Sort(call) is { } sorted)
            return sorted;
        _isLost = true;
        return Calls.Unknown;
    }

    private Calls? Perhaps(IOperation first, IOperation second, Calls before) => Then(Walk(first, before), done => Calls.Either(done, Walk(second, done)));

    /// <summary>A break may leave a section early, so nothing in it is certain.</summary>
    private Calls Switch(ISwitchOperation choice, Calls asked)
    {
        var joined = asked;
        foreach (var section in choice.Cases)
        {
            if (section.Body.Aggregate((Calls?)asked, (reached, statement) => Then(reached, soFar => Walk(statement, soFar))) is { } end)
                joined = joined.Or(end);
        }

        return joined;
    }

    private Calls? Try(ITryOperation attempt, Calls before)
    {
        var outside = _ends;
        _ends = [];
        var done = Walk(attempt.Body, before);

        // The exception may have come before or after any call of the body, those in front of a return among them. Those in front of a throw are not counted.
        var whole = attempt.Body.Descendants().OfType<IThrowOperation>().Any() ? null : _ends.Aggregate(done, (all, end) => Calls.Either(all, end));
        var thrown = done is not null && whole is { } known ? before.Or(known) : before.Plus(Calls.Unknown);
        foreach (var handler in attempt.Catches)
            done = Calls.Either(done, Walk(handler.Handler, thrown));
        var returned = _ends;
        _ends = outside;

        // The way out of a return leads through the finally as well.
        foreach (var end in returned)
        {
            if (Walk(attempt.Finally, end) is { } left)
                _ends.Add(left);
        }

        return Then(done, reached => Walk(attempt.Finally, reached));
    }

    private Calls Loop(Calls before, params IOperation[] parts)
    {
        var behind = before.Plus(Aside(out var mayReturn, parts).Repeated());
        if (mayReturn)
            _ends.Add(behind);
        return behind;
    }

    /// <summary>What parts count by themselves, whichever way they end.</summary>
    private Calls Aside(out bool mayReturn, params IOperation[] parts)
    {
        var outside = _ends;
        _ends = [];
        Calls? reached = Calls.None;
        foreach (var part in parts)
            reached = Then(reached, soFar => Walk(part, soFar));
        var joined = _ends.Aggregate(reached, (all, end) => Calls.Either(all, end)) ?? Calls.None;
        mayReturn = _ends.Count > 0;
        _ends = outside;
        return joined;
    }

    private static Calls? Then(Calls? reached, Func<Calls, Calls?> next) => reached is { } soFar ? next(soFar) : null;
}
