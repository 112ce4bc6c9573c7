using System.Data.Common;
using Fat.Coordination;
using Fat.Dialects;
using Fat.Faults;
using Fat.Interception;
using Fat.Messages;
using Fat.Registry.InMemory;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Hosting;

/// <summary>What was declared on the builder, until the host starts.</summary>
internal sealed class FatRegistrations
{
    public List<DatabaseRegistration> Databases { get; } = [];

    public List<MarkedMethods> Transactional { get; } = [];

    /// <summary>How the container makes the services of <see cref="Transactional"/>.</summary>
    public HashSet<ServiceDescriptor> Proxies { get; } = [];

    /// <summary>All that the application has registered; let go of once it was looked at.</summary>
    public IServiceCollection? Services { get; set; }

    public List<SubscriberMethod> Subscribers { get; } = [];

    public KnownDialects Dialects { get; } = new();

    public bool InMemoryRegistry { get; set; }

    /// <summary>Whether it keeps and drives the transactions of DTM's clients.</summary>
    public bool DtmServer { get; set; }

    /// <summary>The store that several hosts of one process share; null for one of this host's own.</summary>
    public InMemoryRegistryStore? SharedStore { get; set; }

    /// <summary>Set by the torture run only.</summary>
    public BrokenRules Broken { get; set; }

    /// <summary>Set by Fat.Testing only.</summary>
    public GroupWatch Watch { get; set; } = GroupWatch.None;

    /// <summary>Set by tests only.</summary>
    public FaultPoints Faults { get; set; } = FaultPoints.None;
}

/// <summary>A declared database.</summary>
internal sealed record DatabaseRegistration(
    string? Name, Func<IServiceProvider, DbConnection> Connect, Type? ContextType, FatEnlistment Enlistment, FatDatabaseOptions Options);
