using Fat.Bench;
using Fat.Bench.Service;

// The services that a benchmark starts are this same program.
if (args is ["--service"])
    return await ServiceProgram.RunAsync();

if (!BenchOptions.TryParse(args, out var options, out var problem))
{
    Console.Error.WriteLine(problem);
    Console.Error.WriteLine(BenchOptions.Usage);
    return 2;
}

using var stop = new StopSignal();
return await new BenchRun(options, stop.Token).RunAsync();
