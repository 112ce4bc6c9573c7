using System.Data;
using Fat.Resources;

namespace Fat.Core.Tests.Resources;

public sealed class IsolationStrengthTests
{
    [Theory]
    [InlineData(IsolationLevel.Serializable, IsolationLevel.Snapshot, true)]
    [InlineData(IsolationLevel.Snapshot, IsolationLevel.Serializable, false)]
    [InlineData(IsolationLevel.Snapshot, IsolationLevel.ReadCommitted, true)]
    [InlineData(IsolationLevel.Snapshot, IsolationLevel.RepeatableRead, false)]
    [InlineData(IsolationLevel.RepeatableRead, IsolationLevel.Snapshot, false)]
    [InlineData(IsolationLevel.ReadCommitted, IsolationLevel.ReadUncommitted, true)]
    [InlineData(IsolationLevel.ReadCommitted, IsolationLevel.ReadCommitted, false)]
    [InlineData(IsolationLevel.Unspecified, IsolationLevel.ReadUncommitted, false)]
    public void The_stronger_one_is_above(IsolationLevel asked, IsolationLevel begun, bool isAbove) =>
        Assert.Equal(isAbove, IsolationStrength.IsAbove(asked, begun));
}
