using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.Extensions.DependencyInjection;

namespace Fat.Testing.Contexts;

/// <summary>Lets the saves of a declared context take part in branches, whatever the application or the test has configured it with.</summary>
internal sealed class ContextSetup<TContext>(FatTestDatabase database) : IDbContextOptionsConfiguration<TContext>
    where TContext : DbContext
{
    private readonly ContextInterceptor _interceptor = new(database);

    public void Configure(IServiceProvider serviceProvider, DbContextOptionsBuilder optionsBuilder) => optionsBuilder.AddInterceptors(_interceptor);

    /// <summary>Called with the context's type, which is known at run time only.</summary>
    public static void Add(IServiceCollection services, FatTestDatabase database) =>
        services.AddSingleton<IDbContextOptionsConfiguration<TContext>>(new ContextSetup<TContext>(database));
}
