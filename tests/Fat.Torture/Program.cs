using Fat.Torture;
using Fat.Torture.Service;

if (args is ["--service", var service])
    return await ServiceProgram.RunAsync(service);
if (TortureOptions.Parse(args) is not { } options)
{
    await Console.Error.WriteLineAsync(TortureOptions.Usage);
    return 2;
}

using var stop = new StopSignal();
return await new TortureRun(options, stop.Token).RunAsync();
