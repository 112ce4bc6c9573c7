using Demo;
using Demo.Reporting;
using Demo.Scenarios;

var terminal = new Terminal();
if (!DemoOptions.TryParse(args, out var options, out var problem))
{
    terminal.Line(problem);
    terminal.Line(DemoOptions.Usage);
    return 2;
}

if (options.Lists)
{
    foreach (var scenario in Catalogue.All)
        terminal.Line($"{scenario.Number,2}  {scenario.Title}");
    return 0;
}

using var stop = new StopSignal();
return await new DemoRun(options, terminal, stop.Token).RunAsync();
