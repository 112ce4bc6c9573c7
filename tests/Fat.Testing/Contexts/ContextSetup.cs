using Fat.Resources;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Contexts;

/// <summary>Lets the saves of a declared context take part in branches, whatever the application or the test has configured it with.</summary>
internal sealed class ContextSetup<TContext>(FatTestDatabase database, bool isLent) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    private readonly ContextInterceptor _interceptor = new(database, isLent);

    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(_interceptor);

    /// <summary>Called with the context's type, which is known at run time only.</summary>
    /// <param name="services">The host's services.</param>
    /// <param name="database">What stands for the context's database.</param>
    /// <param name="isLent">Whether Fat lends its connection to the context of the method's DI scope; else every instance of the context takes part.</param>
    public static void Add(IServiceCollection services, FatTestDatabase database, bool isLent)
    {
        services.AddSingleton<IDbContextOptionsConfiguration<TContext>>(new ContextSetup<TContext>(database, isLent));
        if (isLent)
            services.AddScoped<LentContext<TContext>, MemoryLentContext<TContext>>();
    }
}
