using Fat.Core.Tests.Groups;

namespace Fat.Core.Tests.ScaleOut;

/// <summary>What is true of groups over one Redis is true over a cluster.</summary>
public sealed class ClusterGroupTests(ClusterWorld world) : GroupTests(world), IClassFixture<ClusterWorld>;

/// <summary>And over Garnet.</summary>
public sealed class GarnetGroupTests(GarnetWorld world) : GroupTests(world), IClassFixture<GarnetWorld>;
