using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Fat.Packages.Tests")]
[assembly: InternalsVisibleTo("Fat.TestServers.Tests")]
