#pragma warning disable IDE0130, CA1822, CA1812, MA0047, CA1052, MA0038, MA0041, CA1823, IDE0051
using System.Diagnostics.CodeAnalysis;
using Broken.Hosting;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Npgsql;
using StackExchange.Redis;

// Types that break the table of rooms, each in one way: the rules are run on them to show that they can fail.
namespace Broken
{
    internal sealed class RootThatKnowsMoreOfEntityFramework
    {
        public DatabaseFacade? Facade => null;
    }
}

namespace Broken.Protocol
{
    internal sealed class ProtocolThatWaits
    {
        public Task WaitAsync() => Task.CompletedTask;
    }

    internal sealed class ProtocolThatAwaits
    {
        public async ValueTask AwaitAsync() => await ValueTask.CompletedTask;
    }

    internal sealed class ProtocolThatLooksAtTheClock
    {
        public long Now() => TimeProvider.System.GetTimestamp();
    }

    internal sealed class ProtocolThatLogs(Microsoft.Extensions.Logging.ILogger logger)
    {
        public bool Loud => logger.IsEnabled(Microsoft.Extensions.Logging.LogLevel.Debug);
    }

    internal sealed class ProtocolThatReadsFiles
    {
        public string Read() => File.ReadAllText("/etc/hostname");
    }

    internal sealed class ProtocolThatMakesIdsFromNothing
    {
        public Guid Make() => Guid.NewGuid();
    }
}

namespace Broken.Coordination
{
    internal sealed class CoordinationThatStartsTheHost
    {
        public string Start() => Host.Name;
    }

    internal sealed class CoordinationThatHidesIt
    {
        public Func<string> Later() => () => Host.Name;
    }
}

namespace Broken.Registry
{
    internal sealed class RegistryThatKnowsRedis
    {
        public object Value() => (RedisKey)"x";
    }
}

namespace Broken.Resources
{
    internal sealed class ResourceThatKnowsItsProvider
    {
        public string Ask() => new NpgsqlConnection().Database;

        [SuppressMessage("Design", "CA1031", Justification = "Only the type in the clause counts here.")]
        public bool Catch()
        {
            try
            {
                return Ask().Length > 0;
            }
            catch (PostgresException)
            {
                return false;
            }
        }
    }
}

namespace Broken.Kitchen
{
    internal sealed class TypeInNoRoomOfTheTable
    {
        public object Nothing() => new();
    }
}

namespace Broken.Hosting
{
    internal static class Host
    {
        public static string Name => string.Concat("h", "ost");
    }
}
