using Fat.Core.Tests.Dialects;
using Fat.Core.Tests.Incidents;
using Fat.Core.Tests.Recovery;
using Xunit.Sdk;
using Xunit.v3;

namespace Fat.Core.Tests.World;

/// <summary>What takes minutes begins first: begun last, it would run alone while the other lanes are idle.</summary>
public sealed class LongestFirst : ITestCollectionOrderer
{
    public IReadOnlyCollection<TTestCollection> OrderTestCollections<TTestCollection>(IReadOnlyCollection<TTestCollection> testCollections)
        where TTestCollection : ITestCollection => [.. testCollections.OrderByDescending(IsLong)];

    private static bool IsLong<TTestCollection>(TTestCollection collection)
        where TTestCollection : ITestCollection =>
        collection.TestCollectionClassName == typeof(MariaDbCollection).FullName
        || new[] { typeof(LostBranchTests), typeof(SynchronousStandbyTests) }.Any(tests => collection.TestCollectionDisplayName.Contains(tests.FullName!, StringComparison.Ordinal));
}
